import type { Invariant } from "./invariant";

export const termsInvariant: Invariant = {
  name: "6 every paid line has its term, every term its paid line",
  noun: "terms",
  count: ({ sql, at }) => sql`select count(*) from terms t where ${at("t")}`,
  rules: [
    {
      // A credit note may have removed or shortened the term: its own record then says what became of it.
      says: "every paid order and renewal line has its term, with the dates printed on it",
      find: ({ sql, at }) => sql`
        select l.customer_id, 'invoice_line' as subject, l.id::text as subject_id, jsonb_build_object(
          'invoice', l.invoice_id, 'service', l.service_id, 'starts_at', t.starts_at, 'ends_at', t.ends_at,
          'printed_starts_at', l.term_starts_at, 'printed_ends_at', l.term_ends_at) as detail
        from invoice_lines l
        join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        left join terms t on t.customer_id = l.customer_id and t.invoice_line_id = l.id
        where ${at("l")} and l.kind in ('order', 'renewal') and i.state = 'paid' and i.amount_credited_minor = 0
          and (t.id is null or (l.kind = 'renewal' and (t.starts_at <> l.term_starts_at or t.ends_at <> l.term_ends_at)))`,
    },
    {
      says: "every term has its paid line, of the same service",
      find: ({ sql, at }) => sql`
        select t.customer_id, 'term', t.id::text, jsonb_build_object('service', t.service_id,
          'line', t.invoice_line_id, 'invoice', l.invoice_id, 'invoice_state', i.state)
        from terms t
        left join invoice_lines l on l.customer_id = t.customer_id and l.id = t.invoice_line_id
        left join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where ${at("t")} and (coalesce(i.state, '') <> 'paid' or coalesce(l.kind, 'other') = 'other'
          or l.service_id is distinct from t.service_id)`,
    },
    {
      // Only an order begins a chain of its own: the service was new, or terminated and ordered again.
      says: "terms of a service neither overlap nor leave a gap, unless it was terminated between them",
      find: ({ sql, at }) => sql`
        select t.customer_id, 'term', t.id::text, jsonb_build_object('service', t.service_id,
          'starts_at', t.starts_at, 'follows_at', t.follows_at, 'last_ended_at', t.last_ended_at)
        from (
          select t.customer_id, t.id, t.service_id, t.starts_at, t.follows_at, t.invoice_line_id,
            max(t.ends_at) over (partition by t.customer_id, t.service_id order by t.starts_at
              rows between unbounded preceding and 1 preceding) as last_ended_at
          from terms t where ${at("t")}
        ) t
        left join invoice_lines l on l.customer_id = t.customer_id and l.id = t.invoice_line_id
        where t.starts_at < t.last_ended_at or case when l.kind = 'order' then t.follows_at is not null
          else t.starts_at is distinct from t.last_ended_at or t.follows_at is distinct from t.last_ended_at end`,
    },
    {
      says: "a service expires when its last term ends",
      find: ({ sql, at }) => sql`
        select s.customer_id, 'service', s.id::text, jsonb_build_object('state', s.state,
          'expires_at', s.expires_at, 'last_ends_at', t.ends_at)
        from services s
        left join (
          select t.customer_id, t.service_id, max(t.ends_at) as ends_at
          from terms t where ${at("t")} group by t.customer_id, t.service_id
        ) t on t.customer_id = s.customer_id and t.service_id = s.id
        where ${at("s")} and s.expires_at is distinct from t.ends_at`,
    },
  ],
};
