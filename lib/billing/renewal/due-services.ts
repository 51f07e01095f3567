import type { ReservedSql, Sql } from "@/db/client";
import { addDays, type CalendarDay, type TermLength } from "@/lib/kernel/calendar";
import type { CustomerId, PlanId, RenewalId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { type BegunService, begunServiceOf } from "../scene";

/** A service whose next term is to be billed, with what its invoice is made from. Minor units, net. */
export interface DueService {
  customerId: CustomerId;
  service: BegunService;
  currency: Currency;
  plan: { name: string; term: TermLength };
  /** The price at the start of the term; null where the plan has none in the service's currency. */
  priceMinor: bigint | null;
  /** A renewal that was given back to be issued anew. */
  renewalId: RenewalId | null;
  /** The first due day of one that its customer declined and put back. */
  dueOn: CalendarDay | null;
}

/** A customer with services that are due, and how many. */
export interface DueCustomer {
  customerId: CustomerId;
  services: number;
}

/**
 * The instant up to which each plan's services are due: `leadDays` ahead, in days of the billing time zone
 * (domain.md, Renewing).
 */
export async function renewalHorizons(sql: Sql, now: Date, timeZone: string): Promise<Map<PlanId, Date>> {
  const rows = await sql`select id, lead_days from plans`;
  return new Map(rows.map((row) => [row.id as PlanId, addDays(now, row.lead_days, timeZone)]));
}

/** A service is due once per term: not when its next term was billed, declined or has lapsed, nor while staff are asked. */
const isDue = `
  s.expires_at <= p.until and s.state in ('active', 'suspended') and s.cancel_requested_at is null
  and not exists (select from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
    and r.term_starts_at = s.expires_at and r.state <> 'due')
  and not exists (select from tasks t where t.customer_id = s.customer_id and t.kind = 'renewal_parked'
    and t.subject_id in (s.id::text, s.customer_id::text) and t.done_at is null)`;

/** The next customers, at most so many, who have services that are due; in the order of their ids. */
export async function dueCustomers(
  sql: Sql,
  horizons: ReadonlyMap<PlanId, Date>,
  after: CustomerId | null,
  most: number,
): Promise<DueCustomer[]> {
  const rows = await sql`
    select s.customer_id, count(*)::int as services
    from json_to_recordset(${listOf(horizons)}::text::json) as p(id uuid, until timestamptz)
    join services s on s.plan_id = p.id
    join customers c on c.id = s.customer_id and c.closed_at is null
    where s.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"} and ${sql.unsafe(isDue)}
    group by s.customer_id order by s.customer_id limit ${most}`;
  return rows.map((row) => ({ customerId: row.customer_id, services: row.services }));
}

function listOf(horizons: ReadonlyMap<PlanId, Date>): string {
  return JSON.stringify([...horizons].map(([id, until]) => ({ id, until })));
}

/**
 * Locks the customers' services that are due and reads what their invoices are made from, as it is now. The caller holds
 * the locks of the customers' balances, so none of them is billed meanwhile by another run, or by its customer.
 */
export async function lockDueServices(
  sql: ReservedSql,
  customerIds: readonly CustomerId[],
  horizons: ReadonlyMap<PlanId, Date>,
): Promise<DueService[]> {
  const rows = await sql`
    select s.customer_id, s.id, n.id as plan_id, s.label, s.state, s.is_auto_renew, s.anchor_day, s.expires_at, s.currency,
      n.name as plan_name, n.term_unit, n.term_count, price.price_minor, r.id as renewal_id, r.due_on
    from services s
    join json_to_recordset(${listOf(horizons)}::text::json) as p(id uuid, until timestamptz) on p.id = s.plan_id
    join plans n on n.id = case when s.next_plan_at <= s.expires_at then s.next_plan_id else s.plan_id end
    left join lateral (
      select x.price_minor from plan_prices x
      where x.plan_id = n.id and x.currency = s.currency and x.valid_from <= s.expires_at
      order by x.valid_from desc limit 1
    ) price on true
    left join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
    where s.customer_id = any(${[...customerIds]}::uuid[]) and ${sql.unsafe(isDue)}
    order by s.customer_id, s.id for update of s`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    service: begunServiceOf(row),
    currency: row.currency,
    plan: { name: row.plan_name, term: { unit: row.term_unit, count: row.term_count } },
    priceMinor: row.price_minor,
    renewalId: row.renewal_id,
    dueOn: row.due_on,
  }));
}
