import type { Rule } from "./invariant";
import type { Look } from "./look";

/**
 * Who bears each dispute, and what each disputed charge still stands for, as tables of a query's WITH. What was refunded is
 * told by the ledger alone: what left for the card and did not come back, and what is held to leave. Deciding reads it from
 * the states of the refunds (`refundedOf`), so that a state that says something else than the ledger is found here.
 */
export function lossesBooked({ sql, at }: Look) {
  return sql`
    disputes_borne as materialized (
      select d.customer_id, d.charge_id, d.id as dispute_id, d.state, d.amount_minor,
        coalesce(sum(side.minor) filter (where side.account = 'disputed'), 0) as unsettled,
        coalesce(sum(-side.minor) filter (where side.account = 'gateway_clearing'), 0) as out,
        coalesce(sum(side.minor) filter (where side.account = 'dispute_loss'), 0) as by_host,
        coalesce(sum(side.minor) filter (where side.account in ('customer_balance', 'customer_debt')), 0) as by_customer,
        min(t.seq) filter (where t.reason = 'dispute_withdrawn') as since
      from disputes d
      left join transfers t on t.customer_id = d.customer_id and t.dispute_id = d.id and t.currency = d.currency
        and t.kind in ('posted', 'post') and t.reason not in ('conversion', 'fee')
      left join lateral (values (t.debit, t.amount_minor), (t.credit, -t.amount_minor)) side (account, minor) on true
      where ${at("d")}
      group by d.customer_id, d.charge_id, d.id, d.state, d.amount_minor
    ), charges_lost as materialized (
      select b.customer_id, b.charge_id, sum(b.by_host) as by_host, min(b.by_host) as least_by_host,
        coalesce(sum(b.out) filter (where b.state = 'lost'), 0) as lost, c.amount_minor as amount, s.on_invoices,
        s.refunded, s.refunded_here
      from disputes_borne b
      join charges c on c.customer_id = b.customer_id and c.id = b.charge_id
      cross join lateral (
        select (
            select coalesce(sum(a.amount_minor), 0) from allocations a
            where a.customer_id = c.customer_id and a.payment_id = c.payment_id and a.source = 'card'
          ) as on_invoices, coalesce(sum(m.minor), 0) as refunded,
          coalesce(sum(m.minor) filter (where r.origin = 'staff'), 0) as refunded_here
        from refunds r
        cross join lateral (
          select sum(case when t.kind = 'pending' or t.credit = 'gateway_clearing' then t.amount_minor
            else -t.amount_minor end) as minor
          from transfers t
          where t.customer_id = r.customer_id and t.refund_id = r.id and t.currency = r.currency
            and (t.kind in ('posted', 'post') and t.reason not in ('conversion', 'fee')
                and 'gateway_clearing' in (t.debit, t.credit)
              or t.kind = 'pending' and not exists (
                select from transfers p where p.customer_id = t.customer_id and p.pending_id = t.id))
        ) m
        where r.customer_id = c.customer_id and r.charge_id = c.id
      ) s
      group by b.customer_id, b.charge_id, c.amount_minor, s.on_invoices, s.refunded, s.refunded_here
    )`;
}

/** Of invariant 4: losses are told once (domain.md, A18). They look at lossesBooked. */
export const lossRules: readonly Rule[] = [
  {
    says: "the host bears of a charge no more than what is on invoices or refunded to its card, and lost all the same",
    find: ({ sql }) => sql`
        select l.customer_id, 'charge' as subject, l.charge_id::text as subject_id, jsonb_build_object(
          'by_host', l.by_host::text, 'on_invoices', l.on_invoices::text, 'refunded', l.refunded::text,
          'lost', l.lost::text, 'amount', l.amount::text) as detail
        from charges_lost l
        where l.least_by_host < 0 or l.by_host > greatest(0, least(l.on_invoices + l.refunded,
          l.on_invoices + l.refunded + l.lost - l.amount))`,
  },
  {
    // What was refunded at Stripe itself after a loss is on suspense, until staff say whose it is.
    says: "the customer bears of a charge no more than the charge less what is on invoices or refunded to its card",
    find: ({ sql }) => sql`
        select l.customer_id, 'charge', l.charge_id::text, jsonb_build_object('lost', l.lost::text,
          'by_host', l.by_host::text, 'on_invoices', l.on_invoices::text, 'refunded', l.refunded_here::text,
          'amount', l.amount::text)
        from charges_lost l
        where l.lost - l.by_host > greatest(0, greatest(l.amount, l.lost) - l.on_invoices - l.refunded_here)`,
  },
  {
    says: "what a dispute took for good and the host does not bear was taken from the balance or is debt",
    find: ({ sql }) => sql`
        select b.customer_id, 'dispute', b.dispute_id::text, jsonb_build_object('state', b.state, 'out', b.out::text,
          'by_host', b.by_host::text, 'by_customer', b.by_customer::text)
        from disputes_borne b
        where b.by_customer < 0
          or b.by_host + b.by_customer <> case when b.state = 'open' then 0 else b.out end`,
  },
  {
    // Since it withdrew, card money of its charge may have come off invoices, and its refunds may have failed.
    says: "what a charge frees while its dispute is open is held for it",
    find: ({ sql }) => sql`
        select o.customer_id, 'dispute', o.dispute_id::text, jsonb_build_object('out', o.out::text,
          'held', o.held::text, 'freed', o.freed::text)
        from (
          select b.customer_id, b.dispute_id, b.out, (
              select coalesce(sum(h.amount_minor), 0)
              from disputes_borne s join transfers h on h.customer_id = s.customer_id and h.dispute_id = s.dispute_id
                and h.kind = 'pending'
              where s.customer_id = b.customer_id and s.charge_id = b.charge_id and not exists (
                select from transfers r where r.customer_id = h.customer_id and r.pending_id = h.id)
            ) as held, (
              select coalesce(sum(-a.amount_minor), 0)
              from charges c
              join allocations a on a.customer_id = c.customer_id and a.payment_id = c.payment_id and a.source = 'card'
                and a.amount_minor < 0
              join transfers t on t.customer_id = a.customer_id and t.id = a.transfer_id
              where c.customer_id = b.customer_id and c.id = b.charge_id and t.seq > b.since
            ) + (
              select coalesce(sum(t.amount_minor), 0)
              from refunds r join transfers t on t.customer_id = r.customer_id and t.refund_id = r.id
              where r.customer_id = b.customer_id and r.charge_id = b.charge_id and t.seq > b.since
                and t.reason in ('refund_failed', 'refund_released')
                and (t.credit = 'customer_balance' or t.kind = 'void')
            ) - (
              select coalesce(sum(t.amount_minor), 0)
              from disputes_borne s join transfers t on t.customer_id = s.customer_id and t.dispute_id = s.dispute_id
              where s.customer_id = b.customer_id and s.charge_id = b.charge_id and t.seq > b.since
                and t.kind in ('posted', 'post')
                and (t.credit = 'dispute_loss' and t.debit not in ('disputed', 'gateway_clearing') or t.debit = 'customer_balance' and t.credit = 'disputed')
            ) as freed
          from disputes_borne b where b.state = 'open' and b.out > 0
        ) o
        where o.held < least(o.freed, o.out)`,
  },
];
