import type { Row } from "postgres";
import type { ReservedSql } from "@/db/client";
import type { CustomerId, PlanId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { isUnderWay } from "../invoice/invoice-status";
import { ownRates, taxRuleIn, taxRuleSql } from "../invoice/tax-rule";
import { readDebtsOf } from "../payment/debt";
import { begunServiceOf, type InvoiceRecord, type LineRecord } from "../scene";
import type { ForecastScene, ForecastService } from "./forecast";
import { readListPrices } from "./term-prices";

/**
 * What the forecast of a customer stands on, one scene for each currency with services or a balance, the customer's own
 * first. Without locks: to show.
 */
export async function readForecastScenes(
  sql: ReservedSql,
  customerId: CustomerId,
  given: { now: Date; timeZone: string },
): Promise<ForecastScene[]> {
  return (await readForecastScenesOf(sql, [customerId], given)).get(customerId) ?? [];
}

/** The same of several customers, with as many statements as for one. */
export async function readForecastScenesOf(
  sql: ReservedSql,
  customerIds: readonly CustomerId[],
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<Map<CustomerId, ForecastScene[]>> {
  const [balances, debts, services, invoices, lines, taxRules] = await Promise.all([
    readBalances(sql, customerIds),
    readDebtsOf(sql, customerIds),
    readServices(sql, customerIds),
    readOpenRenewals(sql, customerIds),
    readRenewalLines(sql, customerIds),
    readTaxRules(sql, customerIds),
  ]);
  const scenesOf = (customerId: CustomerId): ForecastScene[] => {
    const available = balances.get(customerId) ?? [];
    const own = services.get(customerId) ?? [];
    const currencies = new Set<Currency>([
      ...available.map(({ currency }) => currency),
      ...own.map(({ currency }) => currency),
    ]);
    return [...currencies].map((currency) => {
      const open = (invoices.get(customerId) ?? []).filter((invoice) => invoice.currency === currency);
      const ids = new Set(open.map(({ id }) => id));
      const minor = available.find((balance) => balance.currency === currency)?.minor ?? 0n;
      return {
        customerId,
        now,
        timeZone,
        currency,
        availableMinor: minor - (debts.get(customerId)?.get(currency) ?? 0n),
        services: own.filter((one) => one.currency === currency).map(({ one }) => one),
        invoices: open,
        lines: (lines.get(customerId) ?? []).filter(({ invoiceId }) => ids.has(invoiceId)),
        tax: taxRules.get(customerId)?.[0] ?? ownRates,
      };
    });
  };
  return new Map(customerIds.map((customerId) => [customerId, scenesOf(customerId)]));
}

/**
 * Posted less held, the customer's own currency first. What a payment holds that its customer may have left unfinished is
 * counted: it is free again when that ends.
 */
async function readBalances(sql: ReservedSql, customerIds: readonly CustomerId[]) {
  const rows = await sql`
    select c.id as customer_id, coalesce(b.currency, c.currency) as currency,
      (coalesce(b.posted_minor - b.held_minor, 0) + coalesce((select sum(p.balance_minor) from payments p
        where p.customer_id = c.id and p.currency = b.currency and p.kind = 'invoices' and p.state in ('created', 'sent', 'requires_action')
      ), 0))::bigint as minor
    from customers c left join balances b on b.customer_id = c.id
    where c.id = any(${[...customerIds]}::uuid[]) order by b.currency is distinct from c.currency, b.currency`;
  return byCustomer(rows, (row) => ({ currency: row.currency as Currency, minor: row.minor as bigint }));
}

/** All that have a term; what has ended may still have an open invoice. */
async function readServices(sql: ReservedSql, customerIds: readonly CustomerId[]) {
  const rows = await sql`
    select s.customer_id, s.id, p.id as plan_id, s.label, s.state, s.is_auto_renew, s.anchor_day, s.expires_at,
      s.currency, p.name as plan_name, p.term_unit, p.term_count, o.lead_days,
      array(select r.term_starts_at from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
        and r.term_starts_at >= s.expires_at and r.state <> 'due') as closed_terms,
      (select r.due_on from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
        and r.term_starts_at = s.expires_at and r.state = 'due') as renewal_due_on,
      s.cancel_requested_at is not null or c.closed_at is not null or exists (
        select from tasks t where t.customer_id = s.customer_id and t.kind = 'renewal_parked'
          and t.subject_id in (s.id::text, s.customer_id::text) and t.done_at is null) as is_passed_by
    from customers c cross join lateral (
      select x.* from services x where x.customer_id = c.id and x.expires_at is not null order by x.id limit 1000) s
    join plans o on o.id = s.plan_id
    join plans p on p.id = case when s.next_plan_at <= s.expires_at then s.next_plan_id else s.plan_id end
    where c.id = any(${[...customerIds]}::uuid[]) order by s.id`;
  const pricesOf = await readListPrices(
    sql,
    rows.map((row) => row.plan_id as PlanId),
  );
  return byCustomer(rows, (row): { currency: Currency; one: ForecastService } => ({
    currency: row.currency,
    one: {
      service: begunServiceOf(row),
      plan: {
        name: row.plan_name,
        term: { unit: row.term_unit, count: row.term_count },
        leadDays: row.lead_days,
      },
      prices: pricesOf(row.plan_id, row.currency),
      closedTerms: row.closed_terms,
      dueOn: row.renewal_due_on,
      isPassedBy: row.is_passed_by,
    },
  }));
}

/** Open renewals, oldest due first. A payment that is only started may stay unfinished: it claims nothing here. */
async function readOpenRenewals(sql: ReservedSql, customerIds: readonly CustomerId[]) {
  const rows = await sql`
    select i.customer_id, i.id, i.number, i.summary, i.currency, i.total_minor, i.amount_paid_minor,
      i.amount_credited_minor, i.due_on, case when ${isUnderWay(sql)} then c.payment_id end as payment_id
    from unnest(${[...customerIds]}::uuid[]) as h(id) cross join lateral (
      select x.* from invoices x where x.customer_id = h.id and x.state = 'open' and x.origin = 'renewal'
      order by x.due_on, x.id limit 2000) i
    left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
    order by i.due_on, i.id`;
  return byCustomer(
    rows,
    (row): InvoiceRecord => ({
      id: row.id,
      number: row.number,
      summary: row.summary,
      origin: "renewal",
      state: "open",
      currency: row.currency,
      totalMinor: row.total_minor,
      amountPaidMinor: row.amount_paid_minor,
      amountCreditedMinor: row.amount_credited_minor,
      dueOn: row.due_on,
      paidAt: null,
      claimedBy: row.payment_id,
    }),
  );
}

/** The lines of open renewals that bring the next terms. */
async function readRenewalLines(sql: ReservedSql, customerIds: readonly CustomerId[]) {
  const rows = await sql`
    select l.customer_id, l.id, l.invoice_id, l.service_id, l.renewal_id, l.term_unit, l.term_count, l.term_starts_at,
      l.term_ends_at
    from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
    where l.customer_id = any(${[...customerIds]}::uuid[]) and i.state = 'open' and i.origin = 'renewal'
      and l.kind = 'renewal'`;
  return byCustomer(
    rows,
    (row): LineRecord => ({
      id: row.id,
      invoiceId: row.invoice_id,
      kind: "renewal",
      serviceId: row.service_id,
      renewalId: row.renewal_id,
      renewalState: "invoiced",
      wasDeclined: false,
      termUnit: row.term_unit,
      termCount: row.term_count,
      termStartsAt: row.term_starts_at,
      termEndsAt: row.term_ends_at,
    }),
  );
}

async function readTaxRules(sql: ReservedSql, customerIds: readonly CustomerId[]) {
  const rows = await sql`
    select c.id as customer_id, ${taxRuleSql(sql)} as tax_rule from customers c
    where c.id = any(${[...customerIds]}::uuid[])`;
  return byCustomer(rows, (row) => taxRuleIn(row.tax_rule));
}

function byCustomer<T>(rows: readonly Row[], shape: (row: Row) => T): Map<CustomerId, T[]> {
  return grouped(rows, (row) => row.customer_id as CustomerId, shape);
}

function grouped<K, T>(rows: readonly Row[], key: (row: Row) => K, shape: (row: Row) => T): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(shape(row));
    else groups.set(key(row), [shape(row)]);
  }
  return groups;
}
