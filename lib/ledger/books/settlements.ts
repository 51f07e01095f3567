import { bankBooked, bankReceiptRules } from "./bank-receipts";
import type { Invariant } from "./invariant";
import { lossesBooked, lossRules } from "./losses";
import { moneyBackBooked, moneyBackRules } from "./money-back";

export const settlementsInvariant: Invariant = {
  name: "4 every payment is settled once, every charge, refund and dispute has one place",
  noun: "payments",
  count: ({ sql, at }) => sql`select count(*) from payments p where ${at("p")}`,
  given: (look) => look.sql`
    booked as materialized (
      select t.customer_id, t.charge_id, c.currency, c.fee_currency,
        sum(case when t.debit = 'gateway_clearing' and t.reason <> 'conversion' and t.currency = c.currency
          then t.amount_minor else 0 end) as taken,
        sum(case when t.debit = 'processing_fees' and t.currency = c.fee_currency then t.amount_minor else 0 end)
          as fee,
        sum(case when t.debit = 'fx' and t.credit = 'gateway_clearing' and t.currency = c.currency
          then t.amount_minor else 0 end) as converted,
        sum(case when t.debit = 'gateway_clearing' and t.credit = 'fx' and t.currency = c.fee_currency
          then 1 else 0 end) as conversions,
        count(*) filter (where t.credit = 'receivable') as settled
      from transfers t join charges c on c.customer_id = t.customer_id and c.id = t.charge_id
      where ${look.at("t")} and t.charge_id is not null and t.kind = 'posted'
      group by t.customer_id, t.charge_id, c.currency, c.fee_currency
    ), ${bankBooked(look)}, ${moneyBackBooked(look)}, ${lossesBooked(look)}`,
  rules: [
    {
      says: "a payment that succeeded through Stripe has one charge of its amount, no other has one before its end",
      find: ({ sql, at }) => sql`
        select p.customer_id, 'payment' as subject, p.id::text as subject_id, jsonb_build_object('state', p.state,
          'card', p.card_minor::text, 'charges', coalesce(c.charges, 0)::text, 'charged', c.charged::text) as detail
        from payments p
        left join (
          select c.customer_id, c.payment_id, count(*) as charges, sum(c.amount_minor) as charged
          from charges c where ${at("c")} group by c.customer_id, c.payment_id
        ) c on c.customer_id = p.customer_id and c.payment_id = p.id
        where ${at("p")} and case
          when p.state = 'succeeded' and p.card_minor > 0 then c.charges is distinct from 1 or c.charged <> p.card_minor
          when p.state = 'succeeded' or p.ended_at is null then c.charges is not null
          else false end`,
    },
    {
      says: "a payment that succeeded from the balance alone went onto its invoices in full",
      find: ({ sql, at }) => sql`
        select p.customer_id, 'payment', p.id::text, jsonb_build_object('balance', p.balance_minor::text,
          'allocated', coalesce(a.total, 0)::text)
        from payments p
        left join (
          select a.customer_id, a.payment_id, sum(a.amount_minor) as total
          from allocations a where ${at("a")} and a.amount_minor > 0 group by a.customer_id, a.payment_id
        ) a on a.customer_id = p.customer_id and a.payment_id = p.id
        where ${at("p")} and p.state = 'succeeded' and p.funding = 'balance'
          and coalesce(a.total, 0) <> p.balance_minor`,
    },
    {
      says: "a charge is booked whole and once, with its fee and its conversion; on invoices only in time",
      find: ({ sql, at }) => sql`
        select c.customer_id, 'charge', c.id::text, jsonb_build_object('stripe', c.stripe_charge_id,
          'amount', c.amount_minor::text, 'taken', coalesce(b.taken, 0)::text, 'fee', c.fee_minor::text,
          'fee_booked', coalesce(b.fee, 0)::text, 'converted', coalesce(b.converted, 0)::text)
        from charges c
        join payments p on p.customer_id = c.customer_id and p.id = c.payment_id
        left join booked b on b.customer_id = c.customer_id and b.charge_id = c.id
        where ${at("c")} and (coalesce(b.taken, 0) <> c.amount_minor
          or coalesce(b.fee, 0) <> coalesce(c.fee_minor, 0)
          or coalesce(b.converted, 0) <> case when c.fee_currency <> c.currency then c.amount_minor else 0 end
          or coalesce(b.conversions, 0) <> case when c.fee_currency <> c.currency then 1 else 0 end
          or (p.state <> 'succeeded' and b.settled > 0))`,
    },
    {
      says: "every transfer on Stripe's clearing account names its charge, refund or dispute",
      find: ({ sql, at }) => sql`
        select t.customer_id, 'transfer', t.id::text, jsonb_build_object('reason', t.reason)
        from transfers t
        where ${at("t")} and num_nonnulls(t.charge_id, t.refund_id, t.dispute_id) <> 1 and (t.debit = 'gateway_clearing' or t.credit = 'gateway_clearing')`,
    },
    {
      says: "Stripe's id of a charge, session, refund or dispute is registered for the row that has it",
      find: ({ sql, at }) => sql`
        select n.customer_id, n.kind, n.row_id::text, jsonb_build_object('stripe', n.id)
        from (
          select c.customer_id, 'charge' as kind, c.id as row_id, c.stripe_charge_id as id
          from charges c where ${at("c")}
          union all
          select p.customer_id, 'checkout_session', p.id, p.stripe_session_id
          from payments p where ${at("p")} and p.stripe_session_id is not null
          union all
          select r.customer_id, 'refund', r.id, r.stripe_refund_id
          from refunds r where ${at("r")} and r.stripe_refund_id is not null
          union all
          select d.customer_id, 'dispute', d.id, d.stripe_dispute_id from disputes d where ${at("d")}
        ) n
        left join stripe_objects o on o.id = n.id and o.kind = n.kind and o.customer_id = n.customer_id
          and o.row_id = n.row_id
        where o.id is null`,
    },
    ...bankReceiptRules,
    ...moneyBackRules,
    ...lossRules,
  ],
};
