import type { Invariant } from "./invariant";

export const invoicesInvariant: Invariant = {
  name: "2 receivables equal what remains",
  noun: "invoices",
  count: ({ sql, at }) => sql`select count(*) from invoices i where ${at("i")}`,
  given: ({ sql, at }) => sql`
    booked as materialized (
      select t.customer_id, t.invoice_id,
        sum(case 'receivable' when t.debit then t.amount_minor when t.credit then -t.amount_minor else 0 end)
          as receivable,
        sum(case when t.credit in ('deferred_revenue', 'tax_payable') then t.amount_minor
          when t.debit in ('deferred_revenue', 'tax_payable') then -t.amount_minor else 0 end) as billed
      from transfers t
      where ${at("t")} and t.invoice_id is not null and t.kind in ('posted', 'post')
      group by t.customer_id, t.invoice_id
    )`,
  rules: [
    {
      says: "the receivable of an invoice is what remains on it (written off: nothing)",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice' as subject, i.id::text as subject_id, jsonb_build_object('state', i.state,
          'remaining', (i.total_minor - i.amount_paid_minor - i.amount_credited_minor)::text,
          'receivable', coalesce(b.receivable, 0)::text) as detail
        from invoices i left join booked b on b.customer_id = i.customer_id and b.invoice_id = i.id
        where ${at("i")} and coalesce(b.receivable, 0) <> case when i.state = 'written_off' then 0
          else i.total_minor - i.amount_paid_minor - i.amount_credited_minor end`,
    },
    {
      says: "what an invoice brought to deferred revenue and tax is its total less what was credited",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice', i.id::text, jsonb_build_object('total', i.total_minor::text,
          'credited', i.amount_credited_minor::text, 'billed', coalesce(b.billed, 0)::text)
        from invoices i left join booked b on b.customer_id = i.customer_id and b.invoice_id = i.id
        where ${at("i")} and coalesce(b.billed, 0) <> i.total_minor - i.amount_credited_minor`,
    },
    {
      says: "nothing remains on an invoice exactly when it is paid or void",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice', i.id::text, jsonb_build_object('state', i.state,
          'remaining', (i.total_minor - i.amount_paid_minor - i.amount_credited_minor)::text)
        from invoices i
        where ${at("i")} and (i.total_minor < i.amount_paid_minor + i.amount_credited_minor
          or (i.total_minor = i.amount_paid_minor + i.amount_credited_minor) <> (i.state in ('paid', 'void')))`,
    },
    {
      says: "no money is left on a void invoice",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice', i.id::text, jsonb_build_object('paid', i.amount_paid_minor::text)
        from invoices i where ${at("i")} and i.state = 'void' and i.amount_paid_minor <> 0`,
    },
    {
      says: "what was credited on an invoice is what its credit notes say",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice', i.id::text, jsonb_build_object('state', i.state,
          'credited', i.amount_credited_minor::text, 'credit_notes', coalesce(n.total, 0)::text)
        from invoices i
        left join (
          select n.customer_id, n.invoice_id, sum(n.total_minor) as total
          from credit_notes n where ${at("n")} group by n.customer_id, n.invoice_id
        ) n on n.customer_id = i.customer_id and n.invoice_id = i.id
        where ${at("i")} and i.amount_credited_minor <> coalesce(n.total, 0)`,
    },
    {
      says: "an invoice is the sum of its lines",
      find: ({ sql, at }) => sql`
        select i.customer_id, 'invoice', i.id::text, jsonb_build_object('net', i.net_minor::text,
          'tax', i.tax_minor::text, 'net_of_lines', l.net::text, 'tax_of_lines', l.tax::text)
        from invoices i
        left join (
          select l.customer_id, l.invoice_id, sum(l.net_minor) as net, sum(l.tax_minor) as tax
          from invoice_lines l where ${at("l")} group by l.customer_id, l.invoice_id
        ) l on l.customer_id = i.customer_id and l.invoice_id = i.id
        where ${at("i")} and (l.net is distinct from i.net_minor or l.tax is distinct from i.tax_minor)`,
    },
    {
      says: "every transfer on receivable names its invoice",
      find: ({ sql, at }) => sql`
        select t.customer_id, 'transfer', t.id::text, jsonb_build_object('reason', t.reason)
        from transfers t
        where ${at("t")} and t.invoice_id is null and (t.debit = 'receivable' or t.credit = 'receivable')`,
    },
  ],
};
