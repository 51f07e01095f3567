import type { Sql } from "@/db/client";

/** So many services in one transaction of the limit. */
export const limitBatch = 10_000;

/**
 * The hand-written limit of `renew`: the next batch of services that are due, set by set. It locks what the run locks, in
 * the same order, and writes the same rows into the same tables, each table once; renew.db.test.ts compares them. Runs as
 * the owner, whom row level security does not hold up. Returns the last customer it renewed, null when nobody is due. A
 * customer of the bench has two services, so a batch of an even number has whole customers.
 */
export async function renewByLimit(
  sql: Sql,
  at: Date,
  after: string,
  most = limitBatch,
): Promise<string | null> {
  return sql.begin(async (tx) => {
    await tx`
      insert into invoice_series (key, prefix, year)
      select 'INV-' || y, 'INV', y from (select extract(year from ${at}::timestamptz at time zone 'UTC')::int as y)
      on conflict (key) do nothing`;
    await tx.unsafe(takeDue, [after, at.toISOString(), most]);
    // Without it the planner takes the batch for a handful of rows.
    await tx`analyze due`;
    const [last] = await tx`select customer_id from due order by customer_id desc limit 1`;
    if (!last) return null;
    await tx.unsafe(writeAll);
    await tx.unsafe(takeNumbers);
    return last.customer_id as string;
  });
}

const takeDue = `
create temporary table due on commit drop as
with given as materialized (
  select $1::text::uuid as after, $2::text::timestamptz as at
), chosen as materialized (
  select s.customer_id, s.id from given g, services s join plans p on p.id = s.plan_id
  where s.customer_id > g.after and s.state in ('active', 'suspended') and s.cancel_requested_at is null
    and s.expires_at <= g.at + make_interval(days => p.lead_days)
    and not exists (select from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
      and r.term_starts_at = s.expires_at)
    and not exists (select from tasks t where t.customer_id = s.customer_id and t.kind = 'renewal_parked' and t.done_at is null)
  order by s.customer_id, s.id limit $3::int
), balance as materialized (
  select b.customer_id, b.posted_minor - b.held_minor as available, b.seq from balances b
  where b.customer_id in (select customer_id from chosen) and b.currency = 'USD' order by b.customer_id for update of b
), service as materialized (
  select s.customer_id, s.id, s.plan_id, s.label, s.is_auto_renew, s.expires_at
  from chosen c join services s on s.customer_id = c.customer_id and s.id = c.id order by s.customer_id, s.id for update of s
), made as materialized (
  select s.customer_id, s.id as service_id, s.plan_id, s.label, s.is_auto_renew, p.name as plan_name, p.term_unit, p.term_count,
    x.price_minor as price, s.expires_at as starts_at,
    (s.expires_at at time zone 'UTC' + interval '1 month') at time zone 'UTC' as ends_at, g.at,
    greatest((s.expires_at at time zone 'UTC')::date, (g.at at time zone 'UTC')::date + 3) as due_on, b.available, b.seq, uuidv7() as invoice_id,
    uuidv7() as line_id, uuidv7() as renewal_id, uuidv7() as paid_by,
    jsonb_build_object('name', c.name, 'email', c.email, 'country', c.country, 'address', c.address, 'taxId', c.tax_id) as bill_to
  from given g, service s join balance b on b.customer_id = s.customer_id join customers c on c.id = s.customer_id
  join plans p on p.id = s.plan_id, lateral (select x.price_minor from plan_prices x
    where x.plan_id = s.plan_id and x.currency = 'USD' and x.valid_from <= s.expires_at order by x.valid_from desc limit 1) x
  where c.closed_at is null
)
select m.*, is_auto_renew and sum(price) over o <= available as is_paid, row_number() over o as k,
  count(*) over c as issued
from made m
window c as (partition by customer_id), o as (partition by customer_id order by due_on, invoice_id)`;

/** Prices are alike, so the oldest that are covered are the first ones. No tax: the bench's country has none. */
const writeAll = `
with paid as materialized (
  select customer_id, uuidv7() as id, count(*) as invoices, sum(price)::bigint as total, min(at) as at,
    string_agg(invoice_id::text, ',' order by invoice_id) as ids
  from due where is_paid group by customer_id
), moved as (
  update balances b set posted_minor = b.posted_minor - coalesce(p.total, 0), seq = b.seq + c.issued + coalesce(p.invoices, 0)
  from (select customer_id, issued from due where k = 1) c left join paid p on p.customer_id = c.customer_id
  where b.customer_id = c.customer_id and b.currency = 'USD'
), transferred as (
  insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, payment_id, invoice_id,
    occurred_at, value_date)
  select customer_id, uuidv7(), 'USD', seq + k, 'posted', 'receivable', 'deferred_revenue', price, 'invoice_issued', null::uuid,
    invoice_id, at, (at at time zone 'UTC')::date from due
  union all
  select d.customer_id, d.paid_by, 'USD', d.seq + d.issued + d.k, 'posted', 'customer_balance', 'receivable', d.price,
    'invoice_paid', p.id, d.invoice_id, d.at, (d.at at time zone 'UTC')::date
  from due d join paid p on p.customer_id = d.customer_id where d.is_paid
), invoiced as (
  insert into invoices (customer_id, id, origin, state, currency, net_minor, tax_minor, total_minor, amount_paid_minor, bill_to,
    summary, note, issued_at, due_on, paid_at)
  select customer_id, invoice_id, 'renewal', case when is_paid then 'paid' else 'open' end, 'USD', price, 0, price,
    case when is_paid then price else 0 end, bill_to, label, '', at, due_on, case when is_paid then at end from due
), lined as (
  insert into invoice_lines (customer_id, id, invoice_id, position, kind, description, quantity, unit_minor, net_minor,
    tax_rate_ppm, tax_minor, tax_category, includes_tax, period, service_id, plan_id, renewal_id, term_unit, term_count, term_starts_at, term_ends_at)
  select customer_id, line_id, invoice_id, 1, 'renewal', label || ': ' || plan_name, 1, price, price, 0, 0, 'zero', false, 'dated', service_id, plan_id,
    renewal_id, term_unit, term_count, starts_at, ends_at from due
), renewed as (
  insert into renewals (customer_id, id, service_id, term_starts_at, state, invoice_id)
  select customer_id, renewal_id, service_id, starts_at, case when is_paid then 'paid' else 'invoiced' end, invoice_id from due
), spent as (
  insert into payments (customer_id, id, kind, funding, origin, state, currency, balance_minor, card_minor, bank_minor,
    excess_minor, content_hash, send_count, created_at, ended_at)
  select customer_id, id, 'invoices', 'balance', 'auto', 'succeeded', 'USD', total, 0, 0, 0,
    encode(sha256(convert_to(format(E'invoices\\n%s\\n%s\\n0\\n0', ids, total), 'UTF8')), 'hex'), 0, at, at from paid
), shared as (
  insert into payment_shares (customer_id, payment_id, invoice_id, balance_minor, card_minor, bank_minor)
  select d.customer_id, p.id, d.invoice_id, d.price, 0, 0 from due d join paid p on p.customer_id = d.customer_id where d.is_paid
), allocated as (
  insert into allocations (customer_id, id, payment_id, invoice_id, transfer_id, source, amount_minor, created_at)
  select d.customer_id, uuidv7(), p.id, d.invoice_id, d.paid_by, 'balance', d.price, d.at
  from due d join paid p on p.customer_id = d.customer_id where d.is_paid
), begun as (
  insert into terms (customer_id, id, service_id, starts_at, ends_at, follows_at, invoice_line_id, created_at)
  select customer_id, uuidv7(), service_id, starts_at, ends_at, starts_at, line_id, at from due where is_paid
), extended as (
  update services s set state = 'active', expires_at = d.ends_at, suspended_at = null
  from due d where d.is_paid and s.customer_id = d.customer_id and s.id = d.service_id
), said as materialized (
  select *, to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ends_text from due where is_paid
), recorded as (
  insert into activities (customer_id, id, occurred_at, actor, subject, subject_id, verb, detail, is_visible)
  select customer_id, uuidv7(), at, 'system', 'invoice', invoice_id, 'invoice_issued', '{}'::jsonb, true from due
  union all
  select customer_id, uuidv7(), at, 'system', 'invoice', invoice_id, 'invoice_paid', '{}'::jsonb, true from said
  union all
  select customer_id, uuidv7(), at, 'system', 'service', service_id, 'service_renewed',
    jsonb_build_object('invoiceId', invoice_id, 'expiresAt', ends_text), true from said
)
insert into outbox (customer_id, id, topic, payload, created_at)
select customer_id, uuidv7(), 'invoice.issued', jsonb_build_object('invoiceId', invoice_id), at from due
union all
select customer_id, uuidv7(), 'invoice.paid', jsonb_build_object('invoiceId', invoice_id), at from said
union all
select customer_id, uuidv7(), 'service.renewed', jsonb_build_object('serviceId', service_id, 'expiresAt', ends_text), at from said
union all
select customer_id, uuidv7(), 'renewal.paid', jsonb_build_object('paymentId', id), at from paid`;

const takeNumbers = `
with block as (
  update invoice_series set last_number = last_number + (select count(*) from due)
  where key = (select 'INV-' || extract(year from at at time zone 'UTC')::int from due limit 1)
  returning key, last_number - (select count(*) from due) as before
), given as materialized (
  select b.key, d.customer_id, d.invoice_id, b.before + row_number() over (order by d.customer_id, d.invoice_id) as sequence
  from due d, block b
), registered as (
  insert into invoice_numbers (series, sequence, customer_id, invoice_id)
  select key, sequence, customer_id, invoice_id from given
)
update invoices i set number = g.key || '-' || lpad(g.sequence::text, greatest(6, length(g.sequence::text)), '0')
from given g where i.customer_id = g.customer_id and i.id = g.invoice_id`;
