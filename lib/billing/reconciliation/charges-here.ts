import type { ListedCharge } from "@/lib/gateway/port";
import { type CustomerId, isUuid, type PaymentId } from "@/lib/kernel/id";
import type { World } from "../world";
import type { Taken } from "./day-totals";
import type { ChargeHere } from "./judge-charge";

/** What is here of each of a page's charges, by Stripe's ids. */
export async function chargesHere(
  { jobs }: World,
  charges: readonly ListedCharge[],
): Promise<Map<string, ChargeHere>> {
  const named = charges.filter(
    ({ customerId, paymentId }) => isUuid(customerId ?? "") && isUuid(paymentId ?? ""),
  );
  const booked = await jobs.sql`
    select o.id, c.id as charge_id, c.customer_id, c.payment_id, c.amount_minor, c.currency, c.fee_minor, c.fee_currency
    from stripe_objects o join charges c on c.customer_id = o.customer_id and c.id = o.row_id
    where o.kind = 'charge' and o.id = any(${charges.map(({ id }) => id)})`;
  const payments = await jobs.sql`
    select p.customer_id, p.id from payments p
    join unnest(${named.map(({ customerId }) => customerId)}::uuid[], ${named.map(({ paymentId }) => paymentId)}::uuid[])
      n (customer_id, id) on n.customer_id = p.customer_id and n.id = p.id`;
  const bookedOf = new Map(booked.map((row) => [row.id as string, row]));
  const isPayment = new Set(payments.map((row) => `${row.customer_id} ${row.id}`));
  return new Map(
    charges.map((charge) => {
      const row = bookedOf.get(charge.id);
      const isOurs = isPayment.has(`${charge.customerId} ${charge.paymentId}`);
      const here: ChargeHere = {
        booked: row
          ? {
              chargeId: row.charge_id,
              customerId: row.customer_id,
              paymentId: row.payment_id,
              amountMinor: row.amount_minor,
              currency: row.currency,
              fee: row.fee_minor === null ? null : { minor: row.fee_minor, currency: row.fee_currency },
            }
          : null,
        payment: isOurs
          ? { customerId: charge.customerId as CustomerId, paymentId: charge.paymentId as PaymentId }
          : null,
      };
      return [charge.id, here];
    }),
  );
}

/** What the ledger has of charges, by Stripe's ids: what stands on Stripe's clearing account in each currency. */
export async function takenHere(
  { jobs }: World,
  chargeIds: readonly string[],
): Promise<Map<string, (Taken & { currency: string })[]>> {
  const rows = await jobs.sql`
    select o.id, t.currency,
      sum(case when t.reason = 'fee' then 0 when t.debit = 'gateway_clearing' then t.amount_minor
        else -t.amount_minor end)::bigint as taken,
      sum(case when t.reason <> 'fee' then 0 when t.credit = 'gateway_clearing' then t.amount_minor
        else -t.amount_minor end)::bigint as fee
    from stripe_objects o join transfers t on t.customer_id = o.customer_id and t.charge_id = o.row_id
    where o.kind = 'charge' and o.id = any(${[...chargeIds]}) and t.kind in ('posted', 'post')
      and (t.debit = 'gateway_clearing' or t.credit = 'gateway_clearing')
    group by o.id, t.currency`;
  const taken = new Map<string, (Taken & { currency: string })[]>();
  for (const row of rows) {
    const own = taken.get(row.id) ?? [];
    own.push({ currency: row.currency, takenMinor: row.taken, feeMinor: row.fee });
    taken.set(row.id, own);
  }
  return taken;
}

/** Whose a stranger's charge may be: a customer of ours whom Stripe knows by the id that it names, or null. */
export async function payerOf(
  { jobs }: World,
  { stripeCustomerId }: ListedCharge,
): Promise<CustomerId | null> {
  if (stripeCustomerId === null) return null;
  const [row] = await jobs.sql`
    select customer_id from stripe_objects where id = ${stripeCustomerId} and kind = 'customer'`;
  return row?.customer_id ?? null;
}
