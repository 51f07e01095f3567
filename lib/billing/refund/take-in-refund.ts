import { transact } from "@/db/transaction";
import type { Refund } from "@/lib/gateway/port";
import { type CustomerId, isUuid, newId, type RefundId } from "@/lib/kernel/id";
import { isCurrency } from "@/lib/kernel/money";
import { findCharge } from "../payment/charge-left";
import { reasonOf } from "../payment/reached";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { refundMismatch } from "./judge-refund";
import { type RefundRef, readRefund } from "./read-refund";
import { type SettledRefund, settleRefund } from "./settle-refund";

/**
 * Settles a refund that an event names by Stripe's id. One that nobody here asked for was made in Stripe's own dashboard:
 * it gets a row of its own, is booked on suspense, and staff are asked from what it is to be taken (domain.md, The
 * ledger). `unknown` while its charge is not booked: it may be on its way.
 */
export async function takeInRefund(world: World, stripeRefundId: string): Promise<SettledRefund> {
  const read = await world.gateway.readRefund(stripeRefundId);
  if (read.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(read) };
  const said = read.value;
  const known = (await registered(world, said)) ?? (await ours(world, said));
  if (known) return settleRefund(world, known, said);
  const charge = await findCharge(world.jobs.sql, said.stripeChargeId);
  if (!charge) return { kind: "unknown", reason: "charge_not_booked" };
  if (!isCurrency(said.currency)) return { kind: "quarantined", reason: "currency_unknown" };
  return settleRefund(world, await addRow(world, said, charge), said);
}

async function registered(world: World, { id }: Refund): Promise<RefundRef | null> {
  const [row] = await world.jobs.sql`
    select customer_id, row_id from stripe_objects where id = ${id} and kind = 'refund'`;
  return row ? { customerId: row.customer_id, refundId: row.row_id } : null;
}

/**
 * One of staff whose row has not learned Stripe's id: the event was faster than the answer. What names a refund of ours and
 * is another was made by somebody else, who wrote our id on it: its money is gone all the same, and staff say from what.
 */
async function ours(world: World, said: Refund): Promise<RefundRef | null> {
  const { refundId, customerId } = said;
  if (!refundId || !customerId || !isUuid(refundId) || !isUuid(customerId)) return null;
  const ref = { customerId: customerId as CustomerId, refundId: refundId as RefundId };
  const refund = await readRefund(world.jobs.sql, ref);
  const isOther = refund !== null && refund.stripeRefundId !== null && refund.stripeRefundId !== said.id;
  return refund && !isOther && !refundMismatch(refund, said) ? ref : null;
}

/** Its row; of two events at once one makes it. */
function addRow(
  world: World,
  said: Refund,
  { customerId, chargeId }: NonNullable<Awaited<ReturnType<typeof findCharge>>>,
): Promise<RefundRef> {
  const now = world.clock.now();
  return transact(world.jobs, { customerId }, async ({ sql }) => {
    await lockBalances(sql, customerId);
    const refundId = newId<RefundId>(world.clock);
    const [added] = await sql`
      insert into refunds (customer_id, id, charge_id, origin, state, currency, amount_minor, stripe_refund_id,
        first_sent_at, next_poll_at, created_at)
      values (${customerId}, ${refundId}, ${chargeId}, 'dashboard', 'sent', ${said.currency},
        ${said.amountMinor.toString()}, ${said.id}, ${now}, ${now}, ${now})
      on conflict do nothing returning 1`;
    if (!added) {
      const [row] = await sql`
        select id from refunds where customer_id = ${customerId} and stripe_refund_id = ${said.id}`;
      return { customerId, refundId: row?.id };
    }
    await sql`
      insert into stripe_objects (id, kind, customer_id, row_id)
      values (${said.id}, 'refund', ${customerId}, ${refundId})`;
    return { customerId, refundId };
  });
}
