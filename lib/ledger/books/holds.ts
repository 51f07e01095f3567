import type { Invariant } from "./invariant";
import { openMoneyBackRules } from "./money-back";

export const holdsInvariant: Invariant = {
  name: "7 nothing is held or open that nobody will end",
  noun: "open payments and balances with holds",
  count: ({ sql, always }) => sql`
    select (select count(*) from payments p
        where ${always("p")} and p.state in ('created', 'sent', 'requires_action', 'processing', 'unknown'))
      + (select count(*) from balances b where ${always("b")} and b.held_minor <> 0)`,
  rules: [
    {
      // A hold that is open while nothing is held breaks invariant 1, which looks at every balance that moved.
      says: "no hold is open without its open payment, refund or dispute",
      find: ({ sql, always }) => sql`
        select t.customer_id, 'transfer' as subject, t.id::text as subject_id, jsonb_build_object(
          'payment', t.payment_id, 'payment_state', p.state, 'refund', t.refund_id, 'refund_state', r.state,
          'dispute', t.dispute_id, 'dispute_state', d.state, 'amount', t.amount_minor::text) as detail
        from balances b
        join transfers t on t.customer_id = b.customer_id and t.currency = b.currency and t.kind = 'pending'
        left join payments p on p.customer_id = t.customer_id and p.id = t.payment_id
        left join refunds r on r.customer_id = t.customer_id and r.id = t.refund_id
        left join disputes d on d.customer_id = t.customer_id and d.id = t.dispute_id
        where ${always("b")} and b.held_minor <> 0 and case
            when t.refund_id is not null then r.booked_at is not null or r.state in ('succeeded', 'failed')
            when t.dispute_id is not null then d.state <> 'open' or d.withdrawn_at is null or d.reinstated_at is not null
            else p.id is null or p.card_minor = 0
              or p.state not in ('created', 'sent', 'requires_action', 'processing', 'unknown') end
          and not exists (select from transfers r where r.customer_id = t.customer_id and r.pending_id = t.id)`,
    },
    {
      says: "an open payment holds what it plans to take from the balance, invoice by invoice",
      find: ({ sql, always }) => sql`
        select p.customer_id, 'payment', p.id::text, jsonb_build_object('state', p.state, 'invoice', s.invoice_id,
          'planned', s.balance_minor::text, 'held', h.held::text)
        from payments p
        join payment_shares s on s.customer_id = p.customer_id and s.payment_id = p.id
        cross join lateral (
          select coalesce(sum(t.amount_minor), 0) as held from transfers t
          where t.customer_id = p.customer_id and t.payment_id = p.id and t.invoice_id = s.invoice_id
            and t.kind = 'pending' and not exists (
              select from transfers r where r.customer_id = t.customer_id and r.pending_id = t.id)
        ) h
        where ${always("p")} and p.state in ('created', 'sent', 'requires_action', 'processing', 'unknown')
          and h.held <> s.balance_minor`,
    },
    {
      says: "every open payment is an external one that has a time to be looked at again",
      find: ({ sql, always }) => sql`
        select p.customer_id, 'payment', p.id::text, jsonb_build_object('state', p.state, 'funding', p.funding)
        from payments p
        where ${always("p")} and p.state in ('created', 'sent', 'requires_action', 'processing', 'unknown')
          and (p.next_poll_at is null or p.card_minor = 0)`,
    },
    {
      says: "a charge whose fee is not known has a time to be asked about again",
      find: ({ sql, at }) => sql`
        select c.customer_id, 'charge', c.id::text, jsonb_build_object('stripe', c.stripe_charge_id)
        from charges c where ${at("c")} and c.fee_minor is null and c.next_poll_at is null`,
    },
    {
      // Staff end what stands there; the task is of the account's name. Bank money of an unknown sender is owed, a refund
      // made at Stripe itself is owing: suspense may stand on either side.
      says: "money on refund_payable or suspense has its open task",
      find: ({ sql, at }) => sql`
        select t.customer_id, 'account', t.account || ' ' || t.currency, jsonb_build_object('amount', t.amount::text)
        from (
          select t.customer_id, t.currency, side.account, sum(side.amount) as amount
          from transfers t
          cross join lateral (values (t.credit, t.amount_minor), (t.debit, -t.amount_minor)) side (account, amount)
          where ${at("t")} and t.kind in ('posted', 'post')
            and (t.debit in ('refund_payable', 'suspense') or t.credit in ('refund_payable', 'suspense'))
          group by t.customer_id, t.currency, side.account
        ) t
        where t.account in ('refund_payable', 'suspense') and t.amount <> 0
          and not ((t.amount > 0 or t.account = 'suspense') and exists (
          select from tasks k where k.customer_id = t.customer_id and k.kind = t.account and k.done_at is null))`,
    },
    ...openMoneyBackRules,
  ],
};
