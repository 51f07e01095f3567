import type { ReservedSql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { readDebts } from "../payment/debt";
import type { InvoiceRecord, LineRecord } from "../scene";
import type { ForecastScene, ForecastService } from "./forecast";

/**
 * What the forecast of a customer stands on, one scene for each currency with services or a balance, the customer's own
 * first. Without locks: to show.
 */
export async function readForecastScenes(
  sql: ReservedSql,
  customerId: CustomerId,
  { now, timeZone }: { now: Date; timeZone: string },
): Promise<ForecastScene[]> {
  const [balances, debts, services, open, taxRates] = await Promise.all([
    readBalances(sql, customerId),
    readDebts(sql, customerId),
    readServices(sql, customerId),
    readOpenRenewals(sql, customerId),
    sql`
      select t.valid_from, t.rate_ppm from tax_rates t join customers c on c.country = t.country
      where c.id = ${customerId}`,
  ]);
  const currencies = new Set<Currency>([...balances.keys(), ...services.keys()]);
  return [...currencies].map((currency) => {
    const invoices = open.invoices.filter((invoice) => invoice.currency === currency);
    const ids = new Set(invoices.map(({ id }) => id));
    return {
      customerId,
      now,
      timeZone,
      currency,
      availableMinor: (balances.get(currency) ?? 0n) - (debts.get(currency) ?? 0n),
      services: services.get(currency) ?? [],
      invoices,
      lines: open.lines.filter(({ invoiceId }) => ids.has(invoiceId)),
      taxRates: taxRates.map((row) => ({ validFrom: row.valid_from, ratePpm: row.rate_ppm })),
    };
  });
}

async function readBalances(sql: ReservedSql, customerId: CustomerId): Promise<Map<Currency, bigint>> {
  const rows = await sql`
    select coalesce(b.currency, c.currency) as currency, coalesce(b.posted_minor - b.held_minor, 0)::bigint as minor
    from customers c left join balances b on b.customer_id = c.id
    where c.id = ${customerId} order by b.currency is distinct from c.currency, b.currency`;
  return new Map(rows.map((row) => [row.currency as Currency, row.minor as bigint]));
}

/** All that have a term, by currency; what has ended may still have an open invoice. */
async function readServices(
  sql: ReservedSql,
  customerId: CustomerId,
): Promise<Map<Currency, ForecastService[]>> {
  const rows = await sql`
    select s.id, p.id as plan_id, s.label, s.state, s.is_auto_renew, s.anchor_day, s.expires_at, s.currency,
      p.name as plan_name, p.term_unit, p.term_count, o.lead_days,
      array(select r.term_starts_at from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
        and r.term_starts_at >= s.expires_at and r.state <> 'due') as closed_terms,
      s.cancel_requested_at is not null or c.closed_at is not null or exists (
        select from tasks t where t.customer_id = s.customer_id and t.kind = 'renewal_parked'
          and t.subject_id in (s.id::text, s.customer_id::text) and t.done_at is null) as is_passed_by
    from services s join plans o on o.id = s.plan_id
    join plans p on p.id = case when s.next_plan_at <= s.expires_at then s.next_plan_id else s.plan_id end
    join customers c on c.id = s.customer_id
    where s.customer_id = ${customerId} and s.expires_at is not null order by s.id limit 1000`;
  const prices = await sql`
    select plan_id, currency, valid_from, price_minor from plan_prices
    where plan_id = any(${[...new Set(rows.map((row) => row.plan_id as string))]}::uuid[])`;
  const services = new Map<Currency, ForecastService[]>();
  for (const row of rows) {
    const own = prices.filter((price) => price.plan_id === row.plan_id && price.currency === row.currency);
    const one: ForecastService = {
      service: {
        id: row.id,
        planId: row.plan_id,
        label: row.label,
        state: row.state,
        isAutoRenew: row.is_auto_renew,
        anchorDay: row.anchor_day,
        expiresAt: row.expires_at,
      },
      plan: {
        name: row.plan_name,
        term: { unit: row.term_unit, count: row.term_count },
        leadDays: row.lead_days,
      },
      prices: own.map((price) => ({ validFrom: price.valid_from, priceMinor: price.price_minor })),
      closedTerms: row.closed_terms,
      isPassedBy: row.is_passed_by,
    };
    services.set(row.currency, [...(services.get(row.currency) ?? []), one]);
  }
  return services;
}

/** Open renewals whose services have a term, with the lines that bring the next ones. */
async function readOpenRenewals(
  sql: ReservedSql,
  customerId: CustomerId,
): Promise<{ invoices: InvoiceRecord[]; lines: LineRecord[] }> {
  const [invoices, lines] = await Promise.all([
    sql`
      select i.id, i.number, i.summary, i.currency, i.total_minor, i.amount_paid_minor, i.amount_credited_minor, i.due_at,
        c.payment_id
      from invoices i left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
      where i.customer_id = ${customerId} and i.state = 'open' and i.origin = 'renewal' order by i.due_at, i.id limit 2000`,
    sql`
      select l.id, l.invoice_id, l.service_id, l.renewal_id, l.term_unit, l.term_count, l.term_starts_at, l.term_ends_at
      from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
      where l.customer_id = ${customerId} and i.state = 'open' and i.origin = 'renewal' and l.kind = 'renewal'`,
  ]);
  return {
    invoices: invoices.map((row) => ({
      id: row.id,
      number: row.number,
      summary: row.summary,
      origin: "renewal",
      state: "open",
      currency: row.currency,
      totalMinor: row.total_minor,
      amountPaidMinor: row.amount_paid_minor,
      amountCreditedMinor: row.amount_credited_minor,
      dueAt: row.due_at,
      paidAt: null,
      claimedBy: row.payment_id,
    })),
    lines: lines.map((row) => ({
      id: row.id,
      invoiceId: row.invoice_id,
      kind: "renewal",
      serviceId: row.service_id,
      renewalId: row.renewal_id,
      renewalState: "invoiced",
      termUnit: row.term_unit,
      termCount: row.term_count,
      termStartsAt: row.term_starts_at,
      termEndsAt: row.term_ends_at,
    })),
  };
}
