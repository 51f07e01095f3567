import { transact } from "@/db/transaction";
import { nextPollAt } from "../payment/poll-payments";
import type { World } from "../world";
import type { RefundRef } from "./read-refund";
import { type SettledRefund, settleRefund } from "./settle-refund";

export interface PolledRefund {
  ref: RefundRef;
  /** What settling said, or the fault that one poisoned refund had; the others go on. */
  result: SettledRefund | { kind: "fault"; error: unknown };
}

/** A refund that succeeded may fail for so long after it was made: it is looked at daily. */
const watchedForMs = 30 * 86_400_000;

/** Asks Stripe about refunds whose time has come, each on its own. Several workers share them without waiting. */
export async function pollRefunds(world: World, most = 50): Promise<PolledRefund[]> {
  const polled: PolledRefund[] = [];
  for (const ref of await takeDue(world, most)) {
    try {
      polled.push({ ref, result: await settleRefund(world, ref) });
    } catch (error) {
      polled.push({ ref, result: { kind: "fault", error } });
    }
  }
  return polled;
}

/** Sets the next look before this one, so that a worker that dies has lost nothing but one turn. */
async function takeDue(world: World, most: number): Promise<RefundRef[]> {
  const now = world.clock.now();
  return transact(world.jobs, {}, async ({ sql }) => {
    const rows = await sql`
      select customer_id, id, state, poll_count, created_at from refunds
      where next_poll_at <= ${now} order by next_poll_at limit ${most} for update skip locked`;
    const next = rows.map(({ customer_id, id, state, poll_count, created_at }) => {
      const isOver = now.getTime() - created_at.getTime() > watchedForMs;
      const daily = isOver ? null : new Date(now.getTime() + 86_400_000);
      return { customer_id, id, at: state === "succeeded" ? daily : nextPollAt(poll_count + 1, now, null) };
    });
    if (next.length === 0) return [];
    await sql`
      update refunds r set poll_count = r.poll_count + 1, next_poll_at = t.at
      from json_to_recordset(${JSON.stringify(next)}::text::json) as t(customer_id uuid, id uuid, at timestamptz)
      where r.customer_id = t.customer_id and r.id = t.id and r.next_poll_at is not null`;
    return rows.map((row) => ({ customerId: row.customer_id, refundId: row.id }));
  });
}
