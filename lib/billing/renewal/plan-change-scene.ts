import type { ReservedSql } from "@/db/client";
import type { CalendarDay, TermLength } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId, PaymentId, PlanId, RenewalId, ServiceId, TermId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { type TaxRule, taxRuleIn, taxRuleSql } from "../invoice/tax-rule";
import { disputesOf } from "../payment/charge-left";
import { begunServiceOf, type ServiceRecord } from "../scene";
import type { CreditSource, ProratedTerm } from "./prorate";

export interface PlanOffer {
  id: PlanId;
  name: string;
  term: TermLength;
  isOffered: boolean;
  /** A service changes to plans of its own family alone. */
  family: string | null;
}

/** A paid term that is not over, and what paid for it: changes of it first, the newest first. */
export interface ChangeableTerm extends ProratedTerm {
  sources: TermSource[];
}

/** What of an invoice billed this term. Minor units. */
export interface TermSource extends CreditSource {
  /** What of all that the invoice billed is not credited yet. */
  left: { netMinor: bigint; taxMinor: bigint };
}

/** An unpaid renewal of the service. */
export interface OpenRenewal {
  invoiceId: InvoiceId;
  renewalId: RenewalId;
  number: string;
  dueOn: CalendarDay;
  termStartsAt: Date;
  netMinor: bigint;
  taxMinor: bigint;
  /** The new plan's net price at the term's start; null where it has none in the currency. */
  newNetMinor: bigint | null;
  /** It bills other services too. */
  isShared: boolean;
}

/** What a change of a service's plan is decided over. Minor units. */
export interface PlanChangeScene {
  service: ServiceRecord & {
    currency: Currency;
    nextPlanId: PlanId | null;
    nextPlanAt: Date | null;
    /** It ends with its last paid term, on the customer's wish. */
    isEnding: boolean;
  };
  from: PlanOffer;
  to: PlanOffer;
  terms: ChangeableTerm[];
  open: OpenRenewal[];
  /** The new plan's net price now; null where it has none in the currency. */
  priceMinor: bigint | null;
  /** Card money that paid for its terms and whose bank took some of it back or may do so. */
  disputed: DisputedTermMoney[];
  /** Of its customer's country. */
  taxRule: TaxRule;
}

/** What of one charge lies on an invoice of the service's terms, where the charge was disputed. Minor units. */
export interface DisputedTermMoney {
  invoiceId: InvoiceId;
  paymentId: PaymentId;
  onInvoiceMinor: bigint;
  /** Its bank has not decided. */
  isOpen: boolean;
  /** What the host bears of the charge: what is credited goes to that first. */
  hostLossMinor: bigint;
}

interface Ref {
  customerId: CustomerId;
  serviceId: ServiceId;
  planId: PlanId;
}

/**
 * Reads the scene as it stands. Whoever writes what is decided over it holds the locks of the customer's balances and of
 * the invoices it names, and of the service. Null if there is no such service or plan.
 */
export async function readPlanChange(
  sql: ReservedSql,
  { customerId, serviceId, planId }: Ref,
  now: Date,
): Promise<PlanChangeScene | null> {
  const [[row], plans, open, terms] = await Promise.all([
    sql`
      select s.*, (select x.price_minor from plan_prices x where x.plan_id = ${planId} and x.currency = s.currency
          and x.valid_from <= ${now} order by x.valid_from desc limit 1) as price_minor,
        ${taxRuleSql(sql)} as tax_rule
      from services s join customers c on c.id = s.customer_id where s.customer_id = ${customerId} and s.id = ${serviceId}`,
    sql`
      select p.id, p.name, p.term_unit, p.term_count, p.is_offered, p.family from plans p where p.id = ${planId}
        or p.id = (select s.plan_id from services s where s.customer_id = ${customerId} and s.id = ${serviceId})`,
    openRenewals(sql, { customerId, serviceId, planId }),
    paidTerms(sql, { customerId, serviceId, planId }, now),
  ]);
  const [from, to] = [row?.plan_id, planId].map((id) => plans.find((plan) => plan.id === id));
  if (!row || !from || !to) return null;
  const paidBy = terms.flatMap(({ sources }) => sources.map(({ invoiceId }) => invoiceId));
  return {
    taxRule: taxRuleIn(row.tax_rule),
    disputed: paidBy.length > 0 ? await disputedMoney(sql, customerId, paidBy) : [],
    service: {
      ...begunServiceOf(row),
      currency: row.currency,
      nextPlanId: row.next_plan_id,
      nextPlanAt: row.next_plan_at,
      isEnding: row.cancel_requested_at !== null,
    },
    from: planOffer(from),
    to: planOffer(to),
    terms,
    open,
    priceMinor: row.price_minor,
  };
}

function planOffer(row: Record<string, unknown>): PlanOffer {
  const term = { unit: row.term_unit, count: row.term_count } as TermLength;
  return {
    id: row.id as PlanId,
    name: row.name as string,
    term,
    isOffered: row.is_offered as boolean,
    family: row.family as string | null,
  };
}

async function openRenewals(
  sql: ReservedSql,
  { customerId, serviceId, planId }: Ref,
): Promise<OpenRenewal[]> {
  const rows = await sql`
    select i.id, i.number, i.due_on, i.net_minor, i.tax_minor, r.id as renewal_id, l.term_starts_at,
      (select x.price_minor from plan_prices x where x.plan_id = ${planId} and x.currency = i.currency
        and x.valid_from <= l.term_starts_at order by x.valid_from desc limit 1) as new_net_minor,
      exists (select from invoice_lines o where o.customer_id = i.customer_id and o.invoice_id = i.id
        and o.id <> l.id) as is_shared
    from renewals r
    join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id and i.state = 'open'
    join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id and l.renewal_id = r.id
    where r.customer_id = ${customerId} and r.service_id = ${serviceId} and r.state = 'invoiced'
    order by l.term_starts_at`;
  return rows.map((row) => ({
    invoiceId: row.id,
    renewalId: row.renewal_id,
    number: row.number,
    dueOn: row.due_on,
    termStartsAt: row.term_starts_at,
    netMinor: row.net_minor,
    taxMinor: row.tax_minor,
    newNetMinor: row.new_net_minor,
    isShared: row.is_shared,
  }));
}

/** Terms that are paid and not over, with what each costs as it stands and under the new plan. */
async function paidTerms(
  sql: ReservedSql,
  { customerId, serviceId, planId }: Ref,
  now: Date,
): Promise<ChangeableTerm[]> {
  const rows = await sql`
    select t.id, t.starts_at, t.ends_at, l.net_minor,
      (select c.new_net_minor from plan_changes c where c.customer_id = t.customer_id and c.term_id = t.id
        order by c.id desc limit 1) as changed_net_minor,
      coalesce((select x.price_minor from plan_prices x where x.plan_id = ${planId} and x.currency = s.currency
          and x.valid_from <= t.starts_at order by x.valid_from desc limit 1),
        (select x.price_minor from plan_prices x where x.plan_id = ${planId} and x.currency = s.currency
          and x.valid_from <= ${now} order by x.valid_from desc limit 1)) as new_net_minor,
      (select coalesce(json_agg(json_build_object('id', p.id, 'net', p.net::text, 'tax', p.tax::text, 'rate', p.rate,
          'left', json_build_object('net', p.left_net::text, 'tax', p.left_tax::text)) order by p.place), '[]') from (
        select i.id, of.net, of.tax, of.rate, of.place, i.net_minor - n.net as left_net, i.tax_minor - n.tax as left_tax
        from (
          select c.invoice_id, b.net, b.tax, b.rate, row_number() over (order by c.id desc) as place
          from plan_changes c
          -- A change's lines for a term have its end, and one rate.
          cross join lateral (
            select sum(o.net_minor)::bigint as net, sum(o.tax_minor)::bigint as tax, max(o.tax_rate_ppm) as rate
            from invoice_lines o
            where o.customer_id = c.customer_id and o.invoice_id = c.invoice_id and o.term_ends_at = t.ends_at
          ) b
          where c.customer_id = t.customer_id and c.term_id = t.id and c.invoice_id is not null
          union all select l.invoice_id, l.net_minor, l.tax_minor, l.tax_rate_ppm, 1000000
        ) of
        join invoices i on i.customer_id = t.customer_id and i.id = of.invoice_id
        cross join lateral (
          select coalesce(sum(n.net_minor), 0)::bigint as net, coalesce(sum(n.tax_minor), 0)::bigint as tax
          from credit_notes n where n.customer_id = i.customer_id and n.invoice_id = i.id
        ) n
        where i.state = 'paid'
      ) p) as sources
    from terms t
    join services s on s.customer_id = t.customer_id and s.id = t.service_id
    join invoice_lines l on l.customer_id = t.customer_id and l.id = t.invoice_line_id
    where t.customer_id = ${customerId} and t.service_id = ${serviceId} and t.ends_at > ${now}
    order by t.starts_at`;
  return rows
    .filter((row) => row.new_net_minor !== null)
    .map((row) => ({
      termId: row.id as TermId,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      oldNetMinor: row.changed_net_minor ?? row.net_minor,
      newNetMinor: row.new_net_minor,
      sources: (row.sources as Source[]).map(({ id, net, tax, rate, left }) => ({
        invoiceId: id,
        ratePpm: rate,
        netMinor: atLeastNothing(net),
        taxMinor: atLeastNothing(tax),
        left: { netMinor: atLeastNothing(left.net), taxMinor: atLeastNothing(left.tax) },
      })),
    }));
}

interface Source {
  id: InvoiceId;
  net: string;
  tax: string;
  rate: number;
  left: { net: string; tax: string };
}

/** What `moneyOn` takes first when something is credited. */
async function disputedMoney(
  sql: ReservedSql,
  customerId: CustomerId,
  invoiceIds: readonly InvoiceId[],
): Promise<DisputedTermMoney[]> {
  const rows = await sql`
    select a.invoice_id, a.payment_id, a.minor, d.is_open, d.host_loss
    from (
      select a.invoice_id, a.payment_id, sum(a.amount_minor)::bigint as minor from allocations a
      where a.customer_id = ${customerId} and a.invoice_id = any(${[...invoiceIds]}::uuid[]) and a.source = 'card'
      group by a.invoice_id, a.payment_id having sum(a.amount_minor) > 0
    ) a
    join charges c on c.customer_id = ${customerId} and c.payment_id = a.payment_id
    cross join lateral (
      select bool_or(o.state = 'open') as is_open, sum(o.by_host)::bigint as host_loss,
        min(case o.state when 'lost' then 0 when 'open' then 1 end) as place
      from (${disputesOf(sql, sql`c`)}) o having count(*) > 0
    ) d
    order by d.place nulls last, a.payment_id`;
  return rows.map((row) => ({
    invoiceId: row.invoice_id,
    paymentId: row.payment_id,
    onInvoiceMinor: row.minor,
    isOpen: row.is_open,
    hostLossMinor: row.host_loss,
  }));
}

function atLeastNothing(text: string): bigint {
  const minor = BigInt(text);
  return minor > 0n ? minor : 0n;
}
