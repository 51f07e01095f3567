import type { Invariant } from "./invariant";

export const claimsInvariant: Invariant = {
  name: "5 open payments hold their claims, a term is billed once",
  noun: "claims and billed terms",
  count: ({ sql, at, always }) => sql`
    select (select count(*) from invoice_claims c where ${always("c")})
      + (select count(*) from renewals r where ${at("r")} and r.invoice_id is not null)`,
  rules: [
    {
      // A top-up is only begun from its invoice: it plans nothing for it, and so claims nothing.
      says: "every open external payment holds the claim of each of its invoices",
      find: ({ sql, always }) => sql`
        select p.customer_id, 'payment' as subject, p.id::text as subject_id, jsonb_build_object('state', p.state,
          'invoice', s.invoice_id, 'claimed_by', c.payment_id) as detail
        from payments p
        join payment_shares s on s.customer_id = p.customer_id and s.payment_id = p.id
        left join invoice_claims c on c.customer_id = s.customer_id and c.invoice_id = s.invoice_id
        where ${always("p")} and p.state in ('created', 'sent', 'requires_action', 'processing', 'unknown')
          and p.card_minor > 0 and p.kind = 'invoices' and c.payment_id is distinct from p.id`,
    },
    {
      says: "no claim is without its open external payment",
      find: ({ sql, always }) => sql`
        select c.customer_id, 'invoice', c.invoice_id::text,
          jsonb_build_object('payment', c.payment_id, 'state', p.state)
        from invoice_claims c
        left join payments p on p.customer_id = c.customer_id and p.id = c.payment_id
        where ${always("c")} and (p.id is null or p.card_minor = 0
          or p.state not in ('created', 'sent', 'requires_action', 'processing', 'unknown'))`,
    },
    {
      says: "a term of a service is on one line at most that is neither void nor credited with its term removed",
      find: ({ sql, at }) => sql`
        select l.customer_id, 'service', l.service_id::text, jsonb_build_object('term_starts_at', l.term_starts_at,
          'invoices', jsonb_agg(l.invoice_id order by l.invoice_id))
        from invoice_lines l
        join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where ${at("l")} and l.kind = 'renewal' and i.state <> 'void' and not (i.amount_credited_minor > 0
          and i.state = 'paid' and not exists (
            select from terms t where t.customer_id = l.customer_id and t.invoice_line_id = l.id))
        group by l.customer_id, l.service_id, l.term_starts_at
        having count(*) > 1`,
    },
    {
      says: "a renewal names the invoice that bills its term now, and stands as that invoice does",
      find: ({ sql, at }) => sql`
        select r.customer_id, 'renewal', r.id::text, jsonb_build_object('state', r.state, 'invoice', r.invoice_id,
          'invoice_state', i.state, 'service', r.service_id)
        from renewals r
        left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
        left join invoice_lines l on l.customer_id = r.customer_id and l.renewal_id = r.id
          and l.invoice_id = r.invoice_id
        where ${at("r")} and (
          (r.invoice_id is not null and (l.id is null or l.service_id <> r.service_id
            or l.term_starts_at <> r.term_starts_at))
          or (r.state = 'invoiced' and coalesce(i.state, '') not in ('open', 'written_off'))
          or (r.state = 'paid' and coalesce(i.state, '') <> 'paid'))`,
    },
    {
      says: "an invoice that is to be paid for a renewal is the one that the renewal names",
      find: ({ sql, at }) => sql`
        select l.customer_id, 'invoice', l.invoice_id::text, jsonb_build_object('state', i.state,
          'renewal', l.renewal_id, 'renewal_state', r.state, 'named', r.invoice_id)
        from invoice_lines l
        join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        left join renewals r on r.customer_id = l.customer_id and r.id = l.renewal_id
        where ${at("l")} and l.kind = 'renewal' and (
          (i.state in ('open', 'written_off') and (r.state is distinct from 'invoiced'
            or r.invoice_id is distinct from i.id))
          or (i.state = 'paid' and i.amount_credited_minor = 0 and (r.state is distinct from 'paid'
            or r.invoice_id is distinct from i.id)))`,
    },
  ],
};
