import type { ReservedSql } from "@/db/client";
import type { ChargeId, CustomerId, DisputeId, PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";

/** A charge, and what became of its money. Minor units of its currency. */
export interface ChargeRecord {
  readonly id: ChargeId;
  readonly paymentId: PaymentId;
  readonly stripeChargeId: string;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** On its way back to the card, or there: every refund that has not failed. */
  readonly refundedMinor: bigint;
  /** Taken back by the cardholder's bank, and not given back since. */
  readonly disputedMinor: bigint;
  /** Of the card's money, what is on invoices: allocations less what was taken back from them. */
  readonly onInvoicesMinor: bigint;
}

/**
 * What of a charge counts as a top-up still: the charge less refunds, disputes and what is on invoices net (domain.md,
 * The ledger). Never below zero.
 */
export function topUpLeftMinor(
  charge: Omit<ChargeRecord, "id" | "paymentId" | "stripeChargeId" | "currency">,
) {
  const leftMinor = charge.amountMinor - charge.refundedMinor - charge.disputedMinor - charge.onInvoicesMinor;
  return leftMinor > 0n ? leftMinor : 0n;
}

/** A charge as it stands under its balance's lock; what one dispute took may be left out, to judge that dispute. */
export async function readCharge(
  sql: ReservedSql,
  customerId: CustomerId,
  chargeId: ChargeId,
  exceptDispute: DisputeId | null = null,
): Promise<ChargeRecord | null> {
  const [row] = await sql`
    select c.id, c.payment_id, c.stripe_charge_id, c.currency, c.amount_minor,
      (select coalesce(sum(r.amount_minor), 0) from refunds r
        where r.customer_id = c.customer_id and r.charge_id = c.id and r.state <> 'failed')::bigint as refunded,
      (select coalesce(sum(d.amount_minor), 0) from disputes d
        where d.customer_id = c.customer_id and d.charge_id = c.id and d.withdrawn_at is not null
          and d.reinstated_at is null and d.id is distinct from ${exceptDispute}::uuid)::bigint as disputed,
      (select coalesce(sum(a.amount_minor), 0) from allocations a
        where a.customer_id = c.customer_id and a.payment_id = c.payment_id and a.source = 'card')::bigint as on_invoices
    from charges c where c.customer_id = ${customerId} and c.id = ${chargeId}`;
  if (!row) return null;
  return {
    id: row.id,
    paymentId: row.payment_id,
    stripeChargeId: row.stripe_charge_id,
    currency: row.currency,
    amountMinor: row.amount_minor,
    refundedMinor: row.refunded,
    disputedMinor: row.disputed,
    onInvoicesMinor: row.on_invoices,
  };
}

/** Whose charge a Stripe id is; null where none of ours is booked under it. */
export async function findCharge(
  sql: ReservedSql | import("@/db/client").Sql,
  stripeChargeId: string | null,
): Promise<{ customerId: CustomerId; chargeId: ChargeId } | null> {
  if (!stripeChargeId) return null;
  const [row] = await sql`
    select customer_id, row_id from stripe_objects where id = ${stripeChargeId} and kind = 'charge'`;
  return row ? { customerId: row.customer_id, chargeId: row.row_id } : null;
}
