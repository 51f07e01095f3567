import { transact } from "@/db/transaction";
import type { Charge } from "@/lib/gateway/port";
import { type CustomerId, uuidv7 } from "@/lib/kernel/id";
import { ensureHouse, houseCustomerId } from "../house";
import type { PaymentRef } from "../payment/settle";
import type { PaymentState } from "../payment/states";
import type { World } from "../world";

/** What the nightly pass asks staff to look at. Each has its sentence on the desk. */
export const differenceKinds = [
  "charge_of_stranger",
  "charge_differs",
  "charge_not_settled",
  "charge_not_at_stripe",
  "day_differs",
] as const;

export type DifferenceKind = (typeof differenceKinds)[number];

export interface Difference {
  kind: DifferenceKind;
  /** Whose it is; null for what belongs to no customer. */
  customerId: CustomerId | null;
  subject: "stripe_object" | "stripe_day";
  subjectId: string;
  detail: Record<string, string>;
}

/** Money that Stripe took for a payment that has its own already: staff refund it there, or give it to the customer. */
export function showSecondCharge(
  world: World,
  { customerId, paymentId }: PaymentRef,
  { charge, state }: { charge: Pick<Charge, "id" | "amountMinor" | "currency">; state: PaymentState },
): Promise<void> {
  const { id, amountMinor, currency } = charge;
  const detail = { amountMinor: amountMinor.toString(), currency, paymentId, state };
  return showDifference(world, {
    kind: "charge_not_settled",
    customerId,
    subject: "stripe_object",
    subjectId: id,
    detail,
  });
}

/**
 * Puts a difference on staff's desk, once: not again while it is open as it is, nor as it was when somebody has dealt
 * with it; one that has changed since takes the place of the one before. Of two workers at once one does. When Stripe
 * took it is only known to the night, and no change.
 */
export async function showDifference(world: World, difference: Difference): Promise<void> {
  const { kind, subject, subjectId, detail } = difference;
  const customerId = difference.customerId ?? houseCustomerId;
  const now = world.clock.now();
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard difference ' || ${subjectId}, 0))`;
    const known = await sql`
      select id, done_at is null as is_open, detail - 'chargedAt' = ${sql.json(detail)}::jsonb - 'chargedAt' as is_same from tasks
      where customer_id = ${customerId} and kind = ${kind} and subject_id = ${subjectId}`;
    const open = known.find((task) => task.is_open);
    if (open ? open.is_same : known.some((task) => task.is_same)) return;
    if (open) {
      await sql`update tasks set done_at = ${now} where customer_id = ${customerId} and id = ${open.id}`;
    }
    if (difference.customerId === null) await ensureHouse(sql, now);
    await sql`
      insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
      values (${customerId}, ${uuidv7(world.clock)}, ${kind}, ${subject}, ${subjectId}, ${sql.json(detail)}, ${now})`;
  });
}

/** A task of this pass that is open. */
export interface OpenDifference {
  customerId: CustomerId;
  id: string;
  kind: DifferenceKind;
  subjectId: string;
}

export async function openDifferences({ jobs }: World): Promise<OpenDifference[]> {
  const rows = await jobs.sql`
    select customer_id, id, kind, subject_id from tasks
    where done_at is null and kind = any(${[...differenceKinds]}) order by customer_id, id`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    id: row.id,
    kind: row.kind,
    subjectId: row.subject_id,
  }));
}

/** The cause is gone: the task is done, by nobody. */
export async function endDifference(
  world: World,
  { customerId, id }: Pick<OpenDifference, "customerId" | "id">,
): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update tasks set done_at = ${world.clock.now()}
      where customer_id = ${customerId} and id = ${id} and done_at is null`;
  });
}
