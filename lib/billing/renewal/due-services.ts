import type { ReservedSql, Sql } from "@/db/client";
import { addDays, type TermLength } from "@/lib/kernel/calendar";
import type { CustomerId, PlanId, RenewalId, ServiceId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { ServiceRecord } from "../scene";

/** A service whose next term is to be billed, with what its invoice is made from. Minor units, net. */
export interface DueService {
  customerId: CustomerId;
  service: ServiceRecord & { expiresAt: Date; anchorDay: number };
  currency: Currency;
  plan: { name: string; term: TermLength };
  /** The price at the start of the term; null where the plan has none in the service's currency. */
  priceMinor: bigint | null;
  /** A renewal that was given back to be issued anew. */
  renewalId: RenewalId | null;
  /** Staff have been asked about it, and have not answered. */
  isParked: boolean;
}

/** Names one service, of whichever customer. */
export interface ServiceRef {
  customerId: CustomerId;
  serviceId: ServiceId;
}

/**
 * The instant up to which each plan's services are due: `leadDays` ahead, in days of the billing time zone
 * (domain.md, Renewing).
 */
export async function renewalHorizons(sql: Sql, now: Date, timeZone: string): Promise<Map<PlanId, Date>> {
  const rows = await sql`select id, lead_days from plans`;
  return new Map(rows.map((row) => [row.id as PlanId, addDays(now, row.lead_days, timeZone)]));
}

/**
 * The next services that are due, of whole customers, in the order of customers: about `most`, more where one customer
 * has more. A service is due once per term: not when its next term was billed, declined or has lapsed.
 */
export async function dueServices(
  sql: Sql,
  horizons: ReadonlyMap<PlanId, Date>,
  after: CustomerId | null,
  most: number,
): Promise<ServiceRef[]> {
  const plans = JSON.stringify([...horizons].map(([id, until]) => ({ id, until })));
  const rows = await sql`
    with due as materialized (
      select s.customer_id, s.id
      from json_to_recordset(${plans}::text::json) as p(id uuid, until timestamptz)
      join services s on s.plan_id = p.id and s.expires_at <= p.until and s.state in ('active', 'suspended')
        and s.cancel_requested_at is null
      join customers c on c.id = s.customer_id and c.closed_at is null
      where s.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
        and not exists (select from renewals r where r.customer_id = s.customer_id and r.service_id = s.id
          and r.term_starts_at = s.expires_at and r.state <> 'due')
        and not exists (select from tasks t where t.customer_id = s.customer_id and t.kind = 'renewal_parked'
          and t.subject_id in (s.id::text, s.customer_id::text) and t.done_at is null)
    ), chosen as (
      select customer_id from due order by customer_id, id limit ${most}
    )
    select customer_id, id from due where customer_id in (select customer_id from chosen) order by customer_id, id`;
  return rows.map((row) => ({ customerId: row.customer_id, serviceId: row.id }));
}

/**
 * Locks the services and reads what their invoices are made from, as it is now. Those that are no longer due are left
 * out: another run has billed them, or their customer. The caller holds the locks of the customers' balances.
 */
export async function lockDueServices(
  sql: ReservedSql,
  refs: readonly ServiceRef[],
  horizons: ReadonlyMap<PlanId, Date>,
): Promise<DueService[]> {
  const named = JSON.stringify(
    refs.map(({ customerId, serviceId }) => ({ customer_id: customerId, id: serviceId })),
  );
  const rows = await sql`
    select s.customer_id, s.id, s.plan_id as current_plan_id, p.id as plan_id, s.label, s.state, s.is_auto_renew, s.anchor_day, s.expires_at, s.currency,
      p.name as plan_name, p.term_unit, p.term_count, price.price_minor, r.id as renewal_id, r.state as renewal_state,
      exists (select from tasks t where t.customer_id = s.customer_id and t.kind = 'renewal_parked'
        and t.subject_id = s.id::text and t.done_at is null) as is_parked
    from json_to_recordset(${named}::text::json) as n(customer_id uuid, id uuid)
    join services s on s.customer_id = n.customer_id and s.id = n.id and s.state in ('active', 'suspended')
      and s.cancel_requested_at is null
    join plans p on p.id = case when s.next_plan_at <= s.expires_at then s.next_plan_id else s.plan_id end
    left join lateral (
      select x.price_minor from plan_prices x
      where x.plan_id = p.id and x.currency = s.currency and x.valid_from <= s.expires_at
      order by x.valid_from desc limit 1
    ) price on true
    left join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
    order by s.customer_id, s.id for update of s`;
  return rows.flatMap((row): DueService[] => {
    const until = horizons.get(row.current_plan_id);
    const isDue = until !== undefined && row.expires_at <= until;
    if (!isDue || (row.renewal_state !== null && row.renewal_state !== "due")) return [];
    return [
      {
        customerId: row.customer_id,
        service: {
          id: row.id,
          planId: row.plan_id,
          label: row.label,
          state: row.state,
          isAutoRenew: row.is_auto_renew,
          anchorDay: row.anchor_day,
          expiresAt: row.expires_at,
        },
        currency: row.currency,
        plan: { name: row.plan_name, term: { unit: row.term_unit, count: row.term_count } },
        priceMinor: row.price_minor,
        renewalId: row.renewal_id,
        isParked: row.is_parked,
      },
    ];
  });
}
