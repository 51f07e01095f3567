import type { Fragment } from "postgres";
import type { ReservedSql, Sql } from "@/db/client";
import type { ChargeId, CustomerId, DisputeId, PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";

/** A charge, and what became of its money. Minor units of its currency. */
export interface ChargeRecord {
  readonly id: ChargeId;
  readonly paymentId: PaymentId;
  readonly stripeChargeId: string;
  /** How it was paid, in Stripe's word; null where that was not kept. */
  readonly methodType: string | null;
  readonly currency: Currency;
  readonly amountMinor: bigint;
  /** On its way back to the card, or there: every refund that has not failed, and those that Stripe made all the same. */
  readonly refundedMinor: bigint;
  /** Taken back by the cardholder's bank, and not given back since. */
  readonly disputedMinor: bigint;
  /** Of that, what is lost. */
  readonly lostMinor: bigint;
  /** Of that, what the host bears. */
  readonly hostLossMinor: bigint;
  /** Of the card's money, what is on invoices: allocations less what was taken back from them. */
  readonly onInvoicesMinor: bigint;
}

/**
 * What of a charge counts as a top-up still: the charge less refunds, disputes and what is on invoices net (domain.md,
 * The ledger). Never below zero. `takenMinor`: where only some of what banks took of it counts, as what is lost.
 */
export function topUpLeftMinor(
  charge: Pick<ChargeRecord, "amountMinor" | "refundedMinor" | "disputedMinor" | "onInvoicesMinor">,
  takenMinor = charge.disputedMinor,
): bigint {
  const leftMinor = charge.amountMinor - charge.refundedMinor - takenMinor - charge.onInvoicesMinor;
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
    select c.id, c.payment_id, c.stripe_charge_id, c.method_type, c.currency, c.amount_minor,
      ${refundedOf(sql, sql`c`)} as refunded, ${onInvoicesOf(sql, sql`c`)} as on_invoices,
      d.disputed, d.lost, d.host_loss
    from charges c
    cross join lateral (
      select coalesce(sum(o.out), 0)::bigint as disputed,
        coalesce(sum(o.out) filter (where o.state = 'lost'), 0)::bigint as lost,
        coalesce(sum(o.by_host), 0)::bigint as host_loss
      from (${disputesOf(sql, sql`c`)}) o where o.id is distinct from ${exceptDispute}::uuid
    ) d
    where c.customer_id = ${customerId} and c.id = ${chargeId}`;
  if (!row) return null;
  return {
    id: row.id,
    paymentId: row.payment_id,
    stripeChargeId: row.stripe_charge_id,
    methodType: row.method_type,
    currency: row.currency,
    amountMinor: row.amount_minor,
    refundedMinor: row.refunded,
    disputedMinor: row.disputed,
    lostMinor: row.lost,
    hostLossMinor: row.host_loss,
    onInvoicesMinor: row.on_invoices,
  };
}

type SqlTag = ReservedSql | Sql;

/** SQL: what was refunded of the charge of that alias to its card, and has not failed. */
export function refundedOf(sql: SqlTag, charge: Fragment): Fragment {
  return sql`(
    select coalesce(sum(r.amount_minor), 0) from refunds r
    where r.customer_id = ${charge}.customer_id and r.charge_id = ${charge}.id and (r.state <> 'failed' or (
      select sum(case when t.debit = 'suspense' then t.amount_minor else -t.amount_minor end) from transfers t
      where t.customer_id = r.customer_id and t.refund_id = r.id and t.kind = 'posted'
        and (t.debit = 'suspense' or t.credit = 'suspense')) > 0))::bigint`;
}

/** SQL: what of the card money of the charge of that alias is on invoices, net. */
export function onInvoicesOf(sql: SqlTag, charge: Fragment): Fragment {
  return sql`(
    select coalesce(sum(a.amount_minor), 0) from allocations a
    where a.customer_id = ${charge}.customer_id and a.payment_id = ${charge}.payment_id and a.source = 'card')::bigint`;
}

/**
 * SQL: the disputes of the charge of that alias. `out` was taken by the bank and has not come back, `by_host` is what the
 * host bears of it, `held` is what of the balance is held for it.
 */
export function disputesOf(sql: SqlTag, charge: Fragment): Fragment {
  return sql`
    select d.id, d.state, m.out, m.by_host, h.held from disputes d
    cross join lateral (
      select coalesce(sum(case when t.credit = 'gateway_clearing' then t.amount_minor
          when t.debit = 'gateway_clearing' then -t.amount_minor else 0 end)
          filter (where 'disputed' in (t.debit, t.credit)), 0)::bigint as out,
        coalesce(sum(case when t.debit = 'dispute_loss' then t.amount_minor when t.credit = 'dispute_loss'
          then -t.amount_minor else 0 end), 0)::bigint as by_host
      from transfers t where t.customer_id = d.customer_id and t.dispute_id = d.id and t.kind in ('posted', 'post')
        and t.reason <> 'conversion'
    ) m
    cross join lateral (
      select coalesce(sum(t.amount_minor), 0)::bigint as held
      from transfers t where t.customer_id = d.customer_id and t.dispute_id = d.id and t.kind = 'pending'
        and not exists (select from transfers r where r.customer_id = t.customer_id and r.pending_id = t.id)
    ) h
    where d.customer_id = ${charge}.customer_id and d.charge_id = ${charge}.id`;
}

/** Whose charge a Stripe id is; null where none of ours is booked under it. */
export async function findCharge(
  sql: SqlTag,
  stripeChargeId: string | null,
): Promise<{ customerId: CustomerId; chargeId: ChargeId } | null> {
  if (!stripeChargeId) return null;
  const [row] = await sql`
    select customer_id, row_id from stripe_objects where id = ${stripeChargeId} and kind = 'charge'`;
  return row ? { customerId: row.customer_id, chargeId: row.row_id } : null;
}
