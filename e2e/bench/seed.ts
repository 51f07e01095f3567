import type { Sql } from "@/db/client";
import type { CustomerId, InvoiceId, UserId } from "@/lib/kernel/id";

/** What a payment of the bench pays: the next term of one service, of a customer of its own. */
export interface Payable {
  customerId: CustomerId;
  userId: UserId;
  invoiceId: InvoiceId;
}

/** Price of a term in minor units of USD, and what each customer has to spend. */
export const termMinor = 1_000n;
const plentyMinor = 1_000_000_000n;

export interface SeedOptions {
  /** Services of each customer. */
  services?: number;
  /** What each has before its first terms are paid from it; those must be covered. */
  balanceMinor?: bigint;
  isAutoRenew?: boolean;
}

/**
 * Makes customers with an owner, a balance and active services, their first terms paid from that balance: the rows
 * that the use cases would have written, in bulk. The books balance.
 */
export async function seedCustomers(sql: Sql, count: number, options: SeedOptions = {}): Promise<void> {
  const { services = 1, balanceMinor = plentyMinor, isAutoRenew = false } = options;
  await sql.begin(async (tx) => {
    await tx`
      insert into plans (id, key, name, term_unit, term_count, created_at)
      values (uuidv7(), 'bench', 'Server S', 'month', 1, now()) on conflict (key) do nothing`;
    await tx`
      create temporary table made on commit drop as
      with people as materialized (
        select n, uuidv7() as customer_id, uuidv7() as user_id from generate_series(1, ${count}::int) n
      )
      select n, k, customer_id, user_id, uuidv7() as service_id, uuidv7() as invoice_id,
        uuidv7() as line_id, uuidv7() as payment_id, uuidv7() as paid_by, ${termMinor.toString()}::bigint as price,
        date_trunc('month', now(), 'UTC') - interval '1 month' + interval '14 days' as starts_at,
        date_trunc('month', now(), 'UTC') + interval '14 days' as ends_at
      from people, generate_series(1, ${services}::int) k`;
    await insertPeople(tx as unknown as Sql, balanceMinor);
    await insertFirstTerms(tx as unknown as Sql, isAutoRenew);
    await insertFirstPayments(tx as unknown as Sql);
  });
  await sql`vacuum analyze`;
}

async function insertPeople(tx: Sql, balanceMinor: bigint): Promise<void> {
  await tx`
    insert into customers (id, reference, name, email, country, currency, created_at)
    select customer_id, 'B-' || customer_id, 'Customer ' || n, 'customer-' || customer_id || '@example.test', 'US', 'USD',
      starts_at from made where k = 1`;
  await tx`
    insert into users (id, email, name, created_at)
    select user_id, 'user-' || user_id || '@example.test', 'User ' || n, starts_at from made
    where k = 1`;
  await tx`
    insert into memberships (customer_id, user_id, role, created_at)
    select customer_id, user_id, 'owner', starts_at from made where k = 1`;
  await tx`
    insert into balances (customer_id, currency, posted_minor, held_minor, seq)
    select customer_id, 'USD', ${balanceMinor.toString()}::bigint - sum(price), 0, 1 + 2 * count(*) from made
    group by customer_id`;
  await tx`
    insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, occurred_at, value_date)
    select customer_id, uuidv7(), 'USD', 1, 'posted', 'goodwill', 'customer_balance', ${balanceMinor.toString()}::bigint,
      'goodwill', starts_at, starts_at::date from made where k = 1`;
}

async function insertFirstTerms(tx: Sql, isAutoRenew: boolean): Promise<void> {
  await tx`
    insert into invoices (customer_id, id, origin, state, currency, net_minor, tax_minor, total_minor, amount_paid_minor,
      bill_to, summary, issued_at, due_on, paid_at)
    select customer_id, invoice_id, 'order', 'paid', 'USD', price, 0, price, price,
      jsonb_build_object('name', 'Customer ' || n, 'email', 'customer-' || customer_id || '@example.test', 'country', 'US'),
      'web-1', starts_at, starts_at::date, starts_at from made`;
  await tx`
    insert into services (customer_id, id, plan_id, label, state, currency, is_auto_renew, anchor_day, expires_at, created_at)
    select customer_id, service_id, (select id from plans where key = 'bench'), 'web-1', 'active', 'USD', ${isAutoRenew}, 15,
      ends_at, starts_at from made`;
  await tx`
    insert into invoice_lines (customer_id, id, invoice_id, position, kind, description, quantity, unit_minor, net_minor,
      tax_rate_ppm, tax_minor, tax_category, includes_tax, period, service_id, plan_id, term_unit, term_count)
    select customer_id, line_id, invoice_id, 1, 'order', 'web-1: Server S', 1, price, price, 0, 0, 'zero', false, 'from_payment', service_id,
      (select id from plans where key = 'bench'), 'month', 1 from made`;
  await tx`
    insert into terms (customer_id, id, service_id, starts_at, ends_at, follows_at, invoice_line_id, created_at)
    select customer_id, uuidv7(), service_id, starts_at, ends_at, null, line_id, starts_at from made`;
  await numberInvoices(tx);
}

async function insertFirstPayments(tx: Sql): Promise<void> {
  await tx`
    insert into payments (customer_id, id, kind, funding, origin, state, currency, balance_minor, card_minor, content_hash,
      user_id, created_at, ended_at)
    select customer_id, payment_id, 'invoices', 'balance', 'customer', 'succeeded', 'USD', price, 0, payment_id::text,
      user_id, starts_at, starts_at from made`;
  await tx`
    insert into payment_shares (customer_id, payment_id, invoice_id, balance_minor, card_minor)
    select customer_id, payment_id, invoice_id, price, 0 from made`;
  await tx`
    insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, payment_id,
      invoice_id, occurred_at, value_date)
    select customer_id, uuidv7(), 'USD', 2 * k, 'posted', 'receivable', 'deferred_revenue', price, 'invoice_issued', null::uuid,
      invoice_id, starts_at, starts_at::date from made
    union all
    select customer_id, paid_by, 'USD', 2 * k + 1, 'posted', 'customer_balance', 'receivable', price, 'invoice_paid', payment_id,
      invoice_id, starts_at, starts_at::date from made`;
  await tx`
    insert into allocations (customer_id, id, payment_id, invoice_id, transfer_id, source, amount_minor, created_at)
    select customer_id, uuidv7(), payment_id, invoice_id, paid_by, 'balance', price, starts_at from made`;
}

/**
 * Issues the next term of every service that has no open renewal, in bulk, and returns what can now be paid, in an
 * order that has nothing to do with that of the rows.
 */
export async function issueRenewals(sql: Sql): Promise<Payable[]> {
  const rows = await sql.begin(async (tx) => {
    await tx`
      create temporary table made on commit drop as
      select s.customer_id, s.id as service_id, s.plan_id, s.label, uuidv7() as invoice_id, uuidv7() as line_id,
        uuidv7() as renewal_id, ${termMinor.toString()}::bigint as price, s.expires_at as starts_at,
        s.expires_at + interval '1 month' as ends_at, now() as issued_at,
        row_number() over (partition by s.customer_id order by s.id) as k
      from services s
      where not exists (select from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
        and r.term_starts_at = s.expires_at)`;
    await tx`
      insert into invoices (customer_id, id, origin, state, currency, net_minor, tax_minor, total_minor, bill_to, summary,
        issued_at, due_on)
      select m.customer_id, m.invoice_id, 'renewal', 'open', 'USD', m.price, 0, m.price,
        jsonb_build_object('name', c.name, 'email', c.email, 'country', c.country), m.label, m.issued_at,
        greatest(m.starts_at::date, m.issued_at::date + 3)
      from made m join customers c on c.id = m.customer_id`;
    await tx`
      insert into renewals (customer_id, id, service_id, term_starts_at, state, invoice_id)
      select customer_id, renewal_id, service_id, starts_at, 'invoiced', invoice_id from made`;
    await tx`
      insert into invoice_lines (customer_id, id, invoice_id, position, kind, description, quantity, unit_minor, net_minor,
        tax_rate_ppm, tax_minor, tax_category, includes_tax, period, service_id, plan_id, renewal_id, term_unit, term_count, term_starts_at, term_ends_at)
      select customer_id, line_id, invoice_id, 1, 'renewal', label || ': Server S', 1, price, price, 0, 0, 'zero', false, 'dated', service_id, plan_id,
        renewal_id, 'month', 1, starts_at, ends_at from made`;
    await tx`
      with moved as (
        update balances b set seq = b.seq + c.issued
        from (select customer_id, count(*) as issued from made group by customer_id) c
        where b.customer_id = c.customer_id and b.currency = 'USD'
        returning b.customer_id, b.seq - c.issued as seq_before
      )
      insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, invoice_id,
        occurred_at, value_date)
      select m.customer_id, uuidv7(), 'USD', b.seq_before + m.k, 'posted', 'receivable', 'deferred_revenue', m.price,
        'invoice_issued', m.invoice_id, m.issued_at, m.issued_at::date from made m join moved b using (customer_id)`;
    await numberInvoices(tx as unknown as Sql);
    return tx`
      select m.customer_id, u.user_id, m.invoice_id from made m
      join memberships u on u.customer_id = m.customer_id order by md5(m.customer_id::text)`;
  });
  return rows.map((row) => ({
    customerId: row.customer_id as CustomerId,
    userId: row.user_id as UserId,
    invoiceId: row.invoice_id as InvoiceId,
  }));
}

/** The invoices of the table `made` take the next numbers of this year's series. */
async function numberInvoices(tx: Sql): Promise<void> {
  await tx`
    insert into invoice_series (key, prefix, year)
    select 'INV-' || y, 'INV', y from (select extract(year from now() at time zone 'UTC')::int as y)
    on conflict (key) do nothing`;
  await tx`
    with block as (
      update invoice_series set last_number = last_number + (select count(*) from made)
      where key = 'INV-' || extract(year from now() at time zone 'UTC')::int
      returning key, last_number - (select count(*) from made) as before
    ), given as (
      select b.key, m.customer_id, m.invoice_id, b.before + row_number() over (order by m.invoice_id) as sequence
      from made m, block b
    ), registered as (
      insert into invoice_numbers (series, sequence, customer_id, invoice_id)
      select key, sequence, customer_id, invoice_id from given
    )
    update invoices i set number = g.key || '-' || lpad(g.sequence::text, greatest(6, length(g.sequence::text)), '0')
    from given g where i.customer_id = g.customer_id and i.id = g.invoice_id`;
}
