import type { Rule } from "./invariant";
import type { Look } from "./look";

/** What was booked of each refund and each dispute, as tables of a query's WITH. */
export function moneyBackBooked({ sql, at }: Look) {
  return sql`
    refunds_booked as materialized (
      select t.customer_id, t.refund_id,
        sum(case when t.credit = 'gateway_clearing' and t.reason not in ('conversion', 'fee')
          then t.amount_minor else 0 end) as taken,
        sum(case when t.debit = 'gateway_clearing' and t.reason not in ('conversion', 'fee')
          then t.amount_minor else 0 end) as returned,
        sum(case when t.debit = 'suspense' then t.amount_minor when t.credit = 'suspense' then -t.amount_minor
          else 0 end) as waits
      from transfers t join refunds r on r.customer_id = t.customer_id and r.id = t.refund_id
      where ${at("t")} and t.refund_id is not null and t.kind in ('posted', 'post') and t.currency = r.currency
      group by t.customer_id, t.refund_id
    ), disputes_booked as materialized (
      select t.customer_id, t.dispute_id,
        sum(case when t.debit = 'disputed' and t.credit = 'gateway_clearing' then t.amount_minor else 0 end) as withdrawn,
        sum(case when t.debit = 'gateway_clearing' and t.credit = 'disputed' then t.amount_minor else 0 end) as reinstated,
        sum(case when t.debit in ('customer_balance', 'customer_debt', 'dispute_loss') and t.credit = 'disputed'
          then t.amount_minor when t.debit = 'disputed' and t.credit in ('customer_balance', 'dispute_loss')
          then -t.amount_minor else 0 end) as lost,
        sum(case when t.debit = 'gateway_clearing' and t.credit = 'disputed' then -t.amount_minor
          when t.debit = 'disputed' and t.credit = 'gateway_clearing' then t.amount_minor else 0 end) as out,
        sum(case when t.currency <> d.fee_currency then 0 when t.debit = 'processing_fees' then t.amount_minor
          when t.credit = 'processing_fees' then -t.amount_minor else 0 end) as fee
      from transfers t join disputes d on d.customer_id = t.customer_id and d.id = t.dispute_id
      where ${at("t")} and t.dispute_id is not null and t.kind in ('posted', 'post')
      group by t.customer_id, t.dispute_id
    )`;
}

/** Of invariant 4: every refund and dispute has one place. They look at moneyBackBooked. */
export const moneyBackRules: readonly Rule[] = [
  {
    // One that was given up and that Stripe made after all stays failed; what it took waits on suspense.
    says: "a refund is booked whole and once when Stripe has created it, and comes back whole if it fails",
    find: ({ sql, at }) => sql`
        select r.customer_id, 'refund' as subject, r.id::text as subject_id, jsonb_build_object('state', r.state,
          'amount', r.amount_minor::text, 'booked_at', r.booked_at, 'taken', coalesce(b.taken, 0)::text,
          'returned', coalesce(b.returned, 0)::text, 'waits', coalesce(b.waits, 0)::text) as detail
        from refunds r
        left join refunds_booked b on b.customer_id = r.customer_id and b.refund_id = r.id
        where ${at("r")} and (coalesce(b.taken, 0) <> case when r.booked_at is null then 0 else r.amount_minor end
          or coalesce(b.returned, 0) <> case when r.booked_at is not null and r.state = 'failed'
            and coalesce(b.waits, 0) <> r.amount_minor then r.amount_minor else 0 end)`,
  },
  {
    // One that we asked for and that Stripe has not said to have made may yet be refused: somebody refunded there meanwhile.
    says: "a charge is refunded at most once over",
    find: ({ sql, at }) => sql`
        select c.customer_id, 'charge', c.id::text, jsonb_build_object('amount', c.amount_minor::text,
          'refunded', r.refunded::text)
        from charges c
        join (
          select r.customer_id, r.charge_id, sum(r.amount_minor) as refunded from refunds r
          where ${at("r")} and r.state <> 'failed' and r.booked_at is not null group by r.customer_id, r.charge_id
        ) r on r.customer_id = c.customer_id and r.charge_id = c.id
        where ${at("c")} and r.refunded > c.amount_minor`,
  },
  {
    says: "what a dispute takes is disputed, each movement once, until it is reinstated or lost; its fees are booked",
    find: ({ sql, at }) => sql`
        select d.customer_id, 'dispute', d.id::text, jsonb_build_object('state', d.state,
          'amount', d.amount_minor::text, 'withdrawn', coalesce(b.withdrawn, 0)::text,
          'reinstated', coalesce(b.reinstated, 0)::text, 'lost', coalesce(b.lost, 0)::text,
          'fee', d.fee_minor::text, 'fee_booked', coalesce(b.fee, 0)::text)
        from disputes d
        left join disputes_booked b on b.customer_id = d.customer_id and b.dispute_id = d.id
        cross join lateral (
          select coalesce(sum(-m.amount_minor) filter (where m.amount_minor < 0), 0) as withdrawn,
            coalesce(sum(m.amount_minor) filter (where m.amount_minor > 0), 0) as reinstated,
            coalesce(sum(m.fee_minor) filter (where m.settled_currency = d.fee_currency), 0) as fee
          from dispute_movements m where m.customer_id = d.customer_id and m.dispute_id = d.id
        ) m
        where ${at("d")} and (coalesce(b.withdrawn, 0) <> m.withdrawn or coalesce(b.reinstated, 0) <> m.reinstated
          or (d.withdrawn_at is not null) <> (m.withdrawn > 0)
          or (d.reinstated_at is not null) <> (m.withdrawn > 0 and m.withdrawn = m.reinstated)
          or m.withdrawn - m.reinstated not between 0 and d.amount_minor
          or coalesce(b.lost, 0) <> case when d.state = 'lost' then coalesce(b.out, 0) else 0 end
          or coalesce(b.fee, 0) <> m.fee or m.fee <> coalesce(d.fee_minor, 0))`,
  },
];

/** Of invariant 7: no refund or dispute is left alone, and debt is not either. */
export const openMoneyBackRules: readonly Rule[] = [
  {
    says: "a refund that Stripe has not created yet holds its amount",
    find: ({ sql, always }) => sql`
        select r.customer_id, 'refund' as subject, r.id::text as subject_id, jsonb_build_object('state', r.state,
          'amount', r.amount_minor::text, 'held', h.held::text) as detail
        from refunds r
        cross join lateral (
          select coalesce(sum(t.amount_minor), 0) as held from transfers t
          where t.customer_id = r.customer_id and t.refund_id = r.id and t.kind = 'pending' and not exists (
            select from transfers p where p.customer_id = t.customer_id and p.pending_id = t.id)
        ) h
        where ${always("r")} and r.origin = 'staff' and r.state not in ('succeeded', 'failed')
          and r.booked_at is null and h.held <> r.amount_minor`,
  },
  {
    says: "every open refund and dispute has a time to be looked at again",
    find: ({ sql, always }) => sql`
        select r.customer_id, 'refund', r.id::text, jsonb_build_object('state', r.state)
        from refunds r
        where ${always("r")} and r.state not in ('succeeded', 'failed') and r.next_poll_at is null
        union all
        select d.customer_id, 'dispute', d.id::text, jsonb_build_object('state', d.state)
        from disputes d where ${always("d")} and d.state = 'open' and d.next_poll_at is null`,
  },
  {
    says: "every open dispute has its open task",
    find: ({ sql, always }) => sql`
        select d.customer_id, 'dispute', d.id::text, jsonb_build_object('stripe', d.stripe_dispute_id)
        from disputes d
        where ${always("d")} and d.state = 'open' and not exists (
          select from tasks k where k.customer_id = d.customer_id and k.kind = 'dispute_open'
            and k.subject_id = d.id::text and k.done_at is null)`,
  },
  {
    // It is paid whenever something becomes available: both at once means that somewhere it was forgotten.
    says: "nobody who owes has anything available, and nobody is owed",
    find: ({ sql, at }) => sql`
        select b.customer_id, 'balance', b.currency, jsonb_build_object('debt', d.debt::text,
          'available', (b.posted_minor - b.held_minor)::text)
        from balances b
        join (
          select t.customer_id, t.currency,
            sum(case when t.debit = 'customer_debt' then t.amount_minor else -t.amount_minor end) as debt
          from transfers t
          where ${at("t")} and (t.debit = 'customer_debt' or t.credit = 'customer_debt')
          group by t.customer_id, t.currency
        ) d on d.customer_id = b.customer_id and d.currency = b.currency
        where ${at("b")} and (d.debt < 0 or (d.debt > 0 and b.posted_minor > b.held_minor))`,
  },
];
