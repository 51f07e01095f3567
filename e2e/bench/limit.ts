import type { Sql } from "@/db/client";
import { newId } from "@/lib/kernel/id";
import { type Payable, termMinor } from "./seed";

/**
 * The hand-written limit of `pay`: what paying one renewal invoice of one line from the balance costs when a single
 * function does it next to the data, in one call. It reads and locks what the use case reads and locks, in the same
 * order, refuses what it refuses, and writes the same rows into the same tables; limit.db.test.ts compares them.
 */
export async function createLimit(sql: Sql): Promise<void> {
  await sql.unsafe(limitFunction);
}

/** Pays as the owner, whom row level security does not hold up; prepared by postgres.js at its first call. */
export async function payByLimit(sql: Sql, { customerId, userId, invoiceId }: Payable): Promise<void> {
  const [row] = await sql`
    select bench_pay(${customerId}::uuid, ${userId}::uuid, ${newId()}::uuid, ${invoiceId}::uuid,
      ${termMinor.toString()}::bigint, ${new Date()}::timestamptz) as is_paid`;
  if (row?.is_paid !== true) throw new Error("the limit pays what the bench gives it");
}

const limitFunction = `
create or replace function bench_pay(
  p_customer uuid, p_user uuid, p_payment uuid, p_invoice uuid, p_shown bigint, p_now timestamptz
) returns boolean language plpgsql as $$
declare
  b record;
  i record;
  l record;
  due bigint;
  transfer uuid := uuidv7();
begin
  perform 1 from memberships m join customers c on c.id = m.customer_id
  where m.customer_id = p_customer and m.user_id = p_user and m.role in ('owner', 'billing') and c.closed_at is null;
  if not found then return false; end if;

  select currency, posted_minor, held_minor, seq into b from balances
  where customer_id = p_customer order by currency for update;
  select v.number, v.state, v.currency, v.total_minor, v.amount_paid_minor, v.amount_credited_minor,
    c.payment_id as claimed_by into i
  from invoices v left join invoice_claims c on c.customer_id = v.customer_id and c.invoice_id = v.id
  where v.customer_id = p_customer and v.id = p_invoice for update of v;
  if not found or i.state <> 'open' or i.claimed_by is not null then return false; end if;
  select n.id, n.service_id, n.renewal_id, n.term_starts_at, n.term_ends_at, s.state, s.expires_at into l
  from invoice_lines n
  join services s on s.customer_id = n.customer_id and s.id = n.service_id
  left join renewals r on r.customer_id = n.customer_id and r.id = n.renewal_id
  where n.customer_id = p_customer and n.invoice_id = p_invoice and n.kind = 'renewal'
  order by s.id, n.position for update of s;
  if not found or l.state not in ('active', 'suspended') or l.expires_at <> l.term_starts_at then return false; end if;
  due := i.total_minor - i.amount_paid_minor - i.amount_credited_minor;
  if due <> p_shown or i.currency <> b.currency or b.posted_minor - b.held_minor < due then return false; end if;

  update balances set posted_minor = b.posted_minor - due, seq = b.seq + 1
  where customer_id = p_customer and currency = b.currency;
  insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, payment_id, invoice_id,
    occurred_at, value_date)
  values (p_customer, transfer, b.currency, b.seq + 1, 'posted', 'customer_balance', 'receivable', due, 'invoice_paid',
    p_payment, p_invoice, p_now, (p_now at time zone 'UTC')::date);
  insert into payments (customer_id, id, kind, funding, origin, state, currency, balance_minor, card_minor, excess_minor,
    content_hash, user_id, send_count, created_at, ended_at)
  values (p_customer, p_payment, 'invoices', 'balance', 'customer', 'succeeded', b.currency, due, 0, 0,
    encode(sha256(convert_to(format(E'invoices\\n%s\\n%s\\n0\\n0', p_invoice, due), 'UTF8')), 'hex'), p_user, 0, p_now, p_now);
  insert into payment_shares (customer_id, payment_id, invoice_id, balance_minor, card_minor)
  values (p_customer, p_payment, p_invoice, due, 0);
  insert into allocations (customer_id, id, payment_id, invoice_id, transfer_id, source, amount_minor, created_at)
  values (p_customer, uuidv7(), p_payment, p_invoice, transfer, 'balance', due, p_now);
  update invoices set state = 'paid', amount_paid_minor = i.amount_paid_minor + due, paid_at = p_now
  where customer_id = p_customer and id = p_invoice;
  insert into terms (customer_id, id, service_id, starts_at, ends_at, follows_at, invoice_line_id, created_at)
  values (p_customer, uuidv7(), l.service_id, l.term_starts_at, l.term_ends_at, l.term_starts_at, l.id, p_now);
  update services set state = 'active', expires_at = l.term_ends_at where customer_id = p_customer and id = l.service_id;
  update renewals set state = 'paid' where customer_id = p_customer and id = l.renewal_id and state = 'invoiced';
  if not found then raise exception 'the renewal was not invoiced'; end if;
  insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
  values
    (p_customer, uuidv7(), p_now, 'customer', p_user, 'invoice', p_invoice, 'invoice_paid',
      '{}', true),
    (p_customer, uuidv7(), p_now, 'customer', p_user, 'service', l.service_id, 'service_renewed',
      jsonb_build_object('invoiceId', p_invoice, 'expiresAt', to_char(l.term_ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), true);
  insert into outbox (customer_id, id, topic, payload, created_at)
  values
    (p_customer, uuidv7(), 'invoice.paid', jsonb_build_object('invoiceId', p_invoice), p_now),
    (p_customer, uuidv7(), 'service.renewed', jsonb_build_object('serviceId', l.service_id, 'expiresAt',
      to_char(l.term_ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), p_now),
    (p_customer, uuidv7(), 'payment.succeeded', jsonb_build_object('paymentId', p_payment), p_now);
  return true;
end $$`;
