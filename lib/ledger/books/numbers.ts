import type { Invariant } from "./invariant";
import type { Look } from "./look";

export const numbersInvariant: Invariant = {
  name: "8 currencies agree, numbers have no gap",
  noun: "numbers",
  count: ({ sql, at }) => sql`
    select (select count(*) from invoice_numbers n where ${at("n")})
      + (select count(*) from credit_note_numbers n where ${at("n")})`,
  rules: [
    {
      // An allocation has no currency of its own: it is its transfer's, and by invariant 3 of the same invoice and payment.
      says: "a transfer is in the currency of its invoice and payment, and of its charge or that charge's fee",
      find: ({ sql, at }) => sql`
        select t.customer_id, 'transfer' as subject, t.id::text as subject_id, jsonb_build_object(
          'currency', t.currency, 'invoice', i.currency, 'payment', p.currency, 'charge', c.currency) as detail
        from transfers t
        left join invoices i on i.customer_id = t.customer_id and i.id = t.invoice_id
        left join payments p on p.customer_id = t.customer_id and p.id = t.payment_id
        left join charges c on c.customer_id = t.customer_id and c.id = t.charge_id
        where ${at("t")} and (i.currency <> t.currency or p.currency <> t.currency
          or (c.currency <> t.currency and c.fee_currency is distinct from t.currency))`,
    },
    {
      says: "a payment is in the currency of its invoices",
      find: ({ sql, at }) => sql`
        select s.customer_id, 'payment', s.payment_id::text, jsonb_build_object('currency', p.currency,
          'invoice', s.invoice_id, 'invoice_currency', i.currency)
        from payment_shares s
        join payments p on p.customer_id = s.customer_id and p.id = s.payment_id
        join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id
        where ${at("s")} and i.currency <> p.currency`,
    },
    {
      says: "a charge is in the currency of its payment",
      find: ({ sql, at }) => sql`
        select c.customer_id, 'charge', c.id::text,
          jsonb_build_object('currency', c.currency, 'payment', p.currency)
        from charges c join payments p on p.customer_id = c.customer_id and p.id = c.payment_id
        where ${at("c")} and c.currency <> p.currency`,
    },
    {
      says: "a credit note is in the currency of its invoice",
      find: ({ sql, at }) => sql`
        select n.customer_id, 'credit_note', n.id::text,
          jsonb_build_object('currency', n.currency, 'invoice', i.currency)
        from credit_notes n join invoices i on i.customer_id = n.customer_id and i.id = n.invoice_id
        where ${at("n")} and n.currency <> i.currency`,
    },
    {
      says: "every invoice has a number, and it is the one registered for it",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice', i.id::text, jsonb_build_object('number', i.number,
          'series', n.series, 'sequence', n.sequence::text)
        from invoices i
        left join invoice_numbers n on n.customer_id = i.customer_id and n.invoice_id = i.id
        where ${at("i")} and i.number is distinct from ${printed(sql)}`,
    },
    {
      says: "every credit note has a number, and it is the one registered for it",
      find: ({ sql, at }) => sql`
        select c.customer_id, 'credit_note', c.id::text, jsonb_build_object('number', c.number,
          'series', n.series, 'sequence', n.sequence::text)
        from credit_notes c
        left join credit_note_numbers n on n.customer_id = c.customer_id and n.credit_note_id = c.id
        where ${at("c")} and c.number is distinct from ${printed(sql)}`,
    },
    {
      says: "a series' numbers run from 1 to its last one, without a gap",
      find: ({ sql, isWhole }) => sql`
        select null::uuid, 'series', s.key, jsonb_build_object('last_number', s.last_number::text,
          'registered', coalesce(n.numbers, 0)::text, 'first', n.first::text, 'last', n.last::text,
          'missing', (select jsonb_agg(g::text) from (
            select g from generate_series(1, s.last_number) g
            where not exists (select from invoice_numbers m where m.series = s.key and m.sequence = g)
              and not exists (select from credit_note_numbers m where m.series = s.key and m.sequence = g)
            limit 20) gaps))
        from invoice_series s
        left join (
          select r.series, count(*) as numbers, min(r.sequence) as first, max(r.sequence) as last from (
            select series, sequence from invoice_numbers union all select series, sequence from credit_note_numbers
          ) r group by r.series
        ) n on n.series = s.key
        where ${isWhole} and (s.last_number <> coalesce(n.numbers, 0) or n.first <> 1 or n.last <> s.last_number)`,
    },
  ],
};

/** How a registered number is printed: its series and at least six digits. */
function printed(sql: Look["sql"]) {
  return sql`n.series || '-' || lpad(n.sequence::text, greatest(6, length(n.sequence::text)), '0')`;
}
