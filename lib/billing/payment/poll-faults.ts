import { transact } from "@/db/transaction";
import { askStaffOnce } from "../ask-staff-once";
import { Decision } from "../decision";
import { lockBalances } from "../scene";
import type { World } from "../world";
import type { PaymentRef } from "./settle";
import { write } from "./write";

/** Looks in a row that end in a fault before staff are asked: after half an hour, by the schedule. */
const faultsMost = 3;
export const pollFaulted = "poll_faulted";

/** A look at a payment ended in a fault of ours. One that does so again and again is put before staff, with what it said. */
export function noteFault(
  world: World,
  { customerId, paymentId }: PaymentRef,
  error: unknown,
): Promise<void> {
  return transact(world.jobs, { customerId }, async (tx) => {
    const balances = await lockBalances(tx.sql, customerId);
    const [row] = await tx.sql`
      update payments set poll_faults = poll_faults + 1
      where customer_id = ${customerId} and id = ${paymentId} returning poll_faults`;
    if (!row || row.poll_faults < faultsMost) return;
    const decision = decisionOf(world, { customerId, paymentId }, balances);
    const detail = { fault: (error instanceof Error ? error.message : String(error)).slice(0, 500) };
    const about = { kind: "payment_quarantined", subject: "payment", subjectId: paymentId } as const;
    const isNew = await askStaffOnce(tx, decision, { ...about, reason: pollFaulted, detail });
    if (isNew) write(tx, customerId, decision);
  });
}

/** A look came through again: there is nothing left for staff to do about the faults before. */
export async function forgetFaults(world: World, { customerId, paymentId }: PaymentRef): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update payments set poll_faults = 0 where customer_id = ${customerId} and id = ${paymentId}`;
    await sql`
      update tasks set done_at = ${world.clock.now()} where customer_id = ${customerId}
        and kind = 'payment_quarantined' and subject_id = ${paymentId} and done_at is null
        and detail->>'reason' = ${pollFaulted}`;
  });
}

function decisionOf(
  { clock, timeZone }: World,
  { customerId }: PaymentRef,
  balances: ConstructorParameters<typeof Decision>[1],
): Decision {
  const now = clock.now();
  return new Decision({ customerId, now, clock, timeZone, actor: "system", userId: null }, balances);
}
