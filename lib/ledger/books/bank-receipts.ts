import type { Rule } from "./invariant";
import type { Look } from "./look";

/** What was booked of each receipt by bank, as a table of a query's WITH. */
export function bankBooked({ sql, at }: Look) {
  return sql`
    bank_booked as materialized (
      select t.customer_id, t.bank_receipt_id,
        sum(case when t.debit = 'bank' then t.amount_minor else 0 end) as came,
        sum(case when t.credit = 'bank' then t.amount_minor else 0 end) as reversed,
        sum(case when t.credit = 'suspense' then t.amount_minor else 0 end) as unmatched,
        bool_and((t.value_date = r.value_date or r.returned_at is not null and t.credit = 'bank') and t.currency = r.currency
          and t.payment_id is not distinct from r.payment_id) as is_as_said
      from transfers t join bank_receipts r on r.customer_id = t.customer_id and r.id = t.bank_receipt_id
      where ${at("t")} and t.bank_receipt_id is not null
      group by t.customer_id, t.bank_receipt_id
    )`;
}

/** Of invariant 4: what came by bank has one place, whoever it is from. They look at bankBooked. */
export const bankReceiptRules: readonly Rule[] = [
  {
    says: "a receipt is booked whole and once, on its payment or on suspense, with the bank's value date",
    find: ({ sql, at }) => sql`
        select r.customer_id, 'bank_receipt' as subject, r.id::text as subject_id, jsonb_build_object(
          'amount', r.amount_minor::text, 'payment', r.payment_id, 'assigned_at', r.assigned_at,
          'returned_at', r.returned_at, 'came', coalesce(b.came, 0)::text, 'reversed', coalesce(b.reversed, 0)::text,
          'unmatched', coalesce(b.unmatched, 0)::text) as detail
        from bank_receipts r
        left join bank_booked b on b.customer_id = r.customer_id and b.bank_receipt_id = r.id
        where ${at("r")} and (coalesce(b.came, 0) <> r.amount_minor or b.is_as_said is not true
          or b.reversed <> case when r.assigned_at is null and r.returned_at is null then 0
            else r.amount_minor end
          or b.unmatched <> case when r.payment_id is null then r.amount_minor else 0 end)`,
  },
  {
    says: "a payment by bank has one receipt of its amount, and no other payment has one",
    find: ({ sql, at }) => sql`
        select p.customer_id, 'payment', p.id::text, jsonb_build_object('state', p.state, 'funding', p.funding,
          'bank', p.bank_minor::text, 'receipt', r.id, 'amount', r.amount_minor::text)
        from payments p
        left join bank_receipts r on r.customer_id = p.customer_id and r.payment_id = p.id
        where ${at("p")} and case when p.funding = 'bank'
          then p.state <> 'succeeded' or r.amount_minor is distinct from p.bank_minor or r.currency <> p.currency
          else r.id is not null end`,
  },
  {
    says: "money that comes by bank names its receipt",
    find: ({ sql, at }) => sql`
        select t.customer_id, 'transfer', t.id::text, jsonb_build_object('reason', t.reason)
        from transfers t
        where ${at("t")} and t.debit = 'bank' and t.credit in ('receivable', 'customer_balance', 'suspense')
          and t.bank_receipt_id is null`,
  },
  {
    says: "a receipt is registered once over all customers",
    find: ({ sql, at }) => sql`
        select r.customer_id, 'bank_receipt', r.id::text, jsonb_build_object('reference', r.reference)
        from bank_receipts r
        left join bank_receipt_keys k on k.receipt_id = r.id and k.currency = r.currency
          and k.amount_minor = r.amount_minor and k.value_date = r.value_date and k.reference = lower(r.reference)
        where ${at("r")} and k.receipt_id is null`,
  },
  {
    says: "a receipt that was assigned is booked on one customer, who was found",
    find: ({ sql, at }) => sql`
        select r.customer_id, 'bank_receipt', r.id::text, jsonb_build_object('assigned_at', r.assigned_at,
          'customers', coalesce(o.customers, 0)::text)
        from bank_receipts r
        left join (
          select o.id, count(*) as customers from bank_receipts o where o.payment_id is not null group by o.id
        ) o on o.id = r.id
        where ${at("r")} and coalesce(o.customers, 0)
          <> case when r.payment_id is null and r.assigned_at is null then 0 else 1 end`,
  },
];
