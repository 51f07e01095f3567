import type { Sql } from "@/db/client";
import { newId } from "@/lib/kernel/id";
import { feeMinor, topUpMinor, type WaitingTopUp } from "./top-ups";

/**
 * The hand-written limit of `topup`: one statement that locks what the settlement locks, takes the open auto-renew
 * invoices that the money covers, oldest due first, and writes the same rows into the same tables, set by set.
 * topup.db.test.ts compares them. Runs as the owner, whom row level security does not hold up.
 */
export async function settleByLimit(sql: Sql, { customerId, paymentId }: WaitingTopUp): Promise<void> {
  const amounts = [topUpMinor.toString(), feeMinor.toString()];
  const [row] = await sql.unsafe(
    limitStatement,
    [customerId, paymentId, newId(), ...amounts, new Date().toISOString()],
    { prepare: true },
  );
  if (row?.settled !== 1) throw new Error("the limit settles what the bench gives it");
}

const limitStatement = `
with given as materialized (
  select $1::uuid as customer_id, $2::uuid as top_up, $3::uuid as paid_by, $4::bigint as brought, $5::bigint as fee,
    $6::text::timestamptz as at
), balance as materialized (
  select b.currency, b.posted_minor, b.held_minor, b.seq from given g join balances b on b.customer_id = g.customer_id
  where b.currency = 'USD' for update of b
), payment as materialized (
  select p.id, p.card_minor from given g join payments p on p.customer_id = g.customer_id and p.id = g.top_up, balance b
  where p.state = 'sent' and p.card_minor = g.brought
    and not exists (select from charges c where c.customer_id = p.customer_id and c.payment_id = p.id) for update of p
), open as materialized (
  select i.id, i.due_on, i.total_minor, i.amount_paid_minor, i.amount_credited_minor from given g
  join invoices i on i.customer_id = g.customer_id, payment p
  where i.state = 'open' and i.origin = 'renewal' and i.currency = 'USD'
    and not exists (select from invoice_claims c where c.customer_id = i.customer_id and c.invoice_id = i.id)
  order by i.id for update of i
), lines as materialized (
  select o.*, l.id as line_id, l.service_id, l.renewal_id, l.term_starts_at, l.term_ends_at from given g
  join invoice_lines l on l.customer_id = g.customer_id join open o on o.id = l.invoice_id
  join services s on s.customer_id = l.customer_id and s.id = l.service_id
  join renewals r on r.customer_id = l.customer_id and r.id = l.renewal_id
  where l.kind = 'renewal' and s.is_auto_renew and s.state in ('active', 'suspended')
    and s.expires_at = l.term_starts_at and r.state = 'invoiced'
  order by s.id for update of s
), waiting as materialized (
  select w.*, uuidv7() as transfer_id from (
    select l.*, l.total_minor - l.amount_paid_minor - l.amount_credited_minor as due,
      row_number() over (order by l.due_on, l.id) as n,
      sum(l.total_minor - l.amount_paid_minor - l.amount_credited_minor) over (order by l.due_on, l.id) as running
    from lines l
  ) w, given g, balance b
  where w.running <= b.posted_minor - b.held_minor + g.brought
), paid as materialized (
  select count(*) as invoices, coalesce(sum(due), 0)::bigint as total,
    string_agg(id::text, ',' order by id) as ids from waiting
), charge as materialized (
  select uuidv7() as id from payment
), moved as (
  update balances u set posted_minor = b.posted_minor + g.brought - p.total, seq = b.seq + 2 + p.invoices
  from given g, balance b, paid p, payment where u.customer_id = g.customer_id and u.currency = b.currency
), ended as (
  update payments u set state = 'succeeded', failure_code = null, ended_at = g.at, next_poll_at = null
  from given g, payment p where u.customer_id = g.customer_id and u.id = p.id returning 1
), charged as (
  insert into charges (customer_id, id, payment_id, stripe_charge_id, currency, amount_minor,
    stripe_balance_transaction_id, fee_minor, fee_currency, booked_at)
  select g.customer_id, c.id, p.id, 'ch_' || p.id, 'USD', g.brought, 'txn_' || p.id, g.fee, 'USD', g.at
  from given g, payment p, charge c
), registered as (
  insert into stripe_objects (id, kind, customer_id, row_id)
  select 'ch_' || p.id, 'charge', g.customer_id, c.id from given g, payment p, charge c
  union all select 'pi_' || p.id, 'payment_intent', g.customer_id, p.id from given g, payment p
), transferred as (
  insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, payment_id, invoice_id,
    charge_id, occurred_at, value_date)
  select g.customer_id, uuidv7(), 'USD', b.seq + 1, 'posted', 'gateway_clearing', 'customer_balance', g.brought, 'top_up',
    p.id, null::uuid, c.id, g.at, (g.at at time zone 'UTC')::date from given g, balance b, payment p, charge c
  union all
  select g.customer_id, uuidv7(), 'USD', b.seq + 2, 'posted', 'processing_fees', 'gateway_clearing', g.fee, 'fee',
    null, null, c.id, g.at, (g.at at time zone 'UTC')::date from given g, balance b, charge c
  union all
  select g.customer_id, w.transfer_id, 'USD', b.seq + 2 + w.n, 'posted', 'customer_balance', 'receivable', w.due,
    'invoice_paid', g.paid_by, w.id, null, g.at, (g.at at time zone 'UTC')::date from given g, balance b, waiting w
), spent as (
  insert into payments (customer_id, id, kind, funding, origin, state, currency, balance_minor, card_minor, excess_minor,
    content_hash, source_payment_id, send_count, created_at, ended_at)
  select g.customer_id, g.paid_by, 'invoices', 'balance', 'auto', 'succeeded', 'USD', p.total, 0, 0,
    encode(sha256(convert_to(format(E'invoices\\n%s\\n%s\\n0\\n0', p.ids, p.total), 'UTF8')), 'hex'), g.top_up, 0, g.at, g.at
  from given g, paid p where p.invoices > 0
), shared as (
  insert into payment_shares (customer_id, payment_id, invoice_id, balance_minor, card_minor)
  select g.customer_id, g.paid_by, w.id, w.due, 0 from given g, waiting w
), allocated as (
  insert into allocations (customer_id, id, payment_id, invoice_id, transfer_id, source, amount_minor, created_at)
  select g.customer_id, uuidv7(), g.paid_by, w.id, w.transfer_id, 'balance', w.due, g.at from given g, waiting w
), settled as (
  update invoices u set state = 'paid', amount_paid_minor = w.amount_paid_minor + w.due, paid_at = g.at
  from given g, waiting w where u.customer_id = g.customer_id and u.id = w.id
), begun as (
  insert into terms (customer_id, id, service_id, starts_at, ends_at, follows_at, invoice_line_id, created_at)
  select g.customer_id, uuidv7(), w.service_id, w.term_starts_at, w.term_ends_at, w.term_starts_at, w.line_id, g.at
  from given g, waiting w
), extended as (
  update services u set state = 'active', expires_at = w.term_ends_at
  from given g, waiting w where u.customer_id = g.customer_id and u.id = w.service_id
), renewed as (
  update renewals u set state = 'paid'
  from given g, waiting w where u.customer_id = g.customer_id and u.id = w.renewal_id
), said as (
  select w.*, to_char(w.term_ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as expires_text from waiting w
), recorded as (
  insert into activities (customer_id, id, occurred_at, actor, subject, subject_id, verb, detail, is_visible)
  select g.customer_id, uuidv7(), g.at, 'system', 'payment', p.id, 'payment_succeeded', '{}'::jsonb, true
  from given g, payment p
  union all
  select g.customer_id, uuidv7(), g.at, 'system', 'invoice', w.id, 'invoice_paid', '{}'::jsonb, true from given g, said w
  union all
  select g.customer_id, uuidv7(), g.at, 'system', 'service', w.service_id, 'service_renewed',
    jsonb_build_object('invoiceId', w.id, 'expiresAt', w.expires_text), true from given g, said w
), told as (
  insert into outbox (customer_id, id, topic, payload, created_at)
  select g.customer_id, uuidv7(), 'payment.succeeded', jsonb_build_object('paymentId', p.id), g.at from given g, payment p
  union all
  select g.customer_id, uuidv7(), 'invoice.paid', jsonb_build_object('invoiceId', w.id), g.at from given g, said w
  union all
  select g.customer_id, uuidv7(), 'service.renewed',
    jsonb_build_object('serviceId', w.service_id, 'expiresAt', w.expires_text), g.at from given g, said w
)
select (select count(*)::int from ended) as settled`;
