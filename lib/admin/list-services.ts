import type { Fragment } from "postgres";
import type { Sql } from "@/db/client";
import { likeOf } from "@/db/like";
import { openOrderDueOn, orderVoidAt } from "@/lib/billing/suspension/order-void-days";
import { isUuid, type PlanId, type ServiceId } from "@/lib/kernel/id";
import type { Page } from "@/lib/kernel/page";
import { cursorIn, keyset, pageOf } from "./keyset";
import { daysCondition } from "./list-invoices";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** What a list of services is narrowed to: how it stands, and how it renews. */
export const serviceViews = ["expiring", "in_grace", "suspended", "ending", "ended"] as const;
export type ServiceView = (typeof serviceViews)[number];
export const serviceRenewals = ["by_itself", "by_hand"] as const;
export type ServiceRenewal = (typeof serviceRenewals)[number];

/** The whole state of the list: all that is said must hold. */
export interface ServicesFilter {
  view: ServiceView | null;
  /** Of what runs and is to go on. */
  renews: ServiceRenewal | null;
  planId: PlanId | null;
  /** Days of expiry, YYYY-MM-DD. */
  from: string | null;
  to: string | null;
  /** Part of its label, of its plan, or of the customer's name or reference. */
  text: string | null;
  cursor: string | null;
}

export interface ListedService {
  id: ServiceId;
  label: string;
  planName: string;
  customerName: string;
  customerReference: string;
  state: "pending" | "active" | "suspended" | "terminated" | "canceled";
  expiresAt: Date | null;
  isAutoRenew: boolean;
  isEnding: boolean;
  /** Its oldest open invoice. */
  openInvoiceNumber: string | null;
  /** Of an order that waits for its payment, when it is void if nobody pays it; else null. */
  voidsAt: Date | null;
}

const rowsPerPage = 50;
const expiringDays = 7;

/** Services of all customers by their expiry; those that have not begun count as the latest. Every role may look. */
export async function listServices(
  _actor: StaffActor,
  filter: ServicesFilter,
  world: StaffWorld = staffWorld(),
): Promise<Page<ListedService>> {
  const { sql } = world.staff;
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  const cursor = cursorIn(filter.cursor, isUuid);
  const at = sql`coalesce(s.expires_at, '9999-01-01 00:00:00+00'::timestamptz)`;
  // What is about to happen first; of all, and of what is over, the latest.
  const way = filter.view === null || filter.view === "ended" ? "desc" : "asc";
  const { beyond, order } = keyset(sql, { at, id: sql`s.id` }, cursor, way);
  const like = likeOf(filter.text);
  const conditions = [
    filter.view && viewCondition(sql, filter.view, today.now),
    filter.renews &&
      sql`s.state in ('pending', 'active', 'suspended') and s.cancel_requested_at is null
        and s.is_auto_renew = ${filter.renews === "by_itself"}`,
    filter.planId && sql`s.plan_id = ${filter.planId}`,
    daysCondition(sql, sql`s.expires_at`, filter, world.timeZone),
    like &&
      sql`(normalize(s.label) ilike ${like} or normalize(p.name) ilike ${like} or normalize(h.name) ilike ${like} or normalize(h.reference) ilike ${like})`,
    beyond,
  ];
  const where = conditions.reduce<Fragment>(
    (all, one) => (one ? sql`${all} and ${one}` : all),
    sql`not h.is_house`,
  );
  const found = await sql`
    select s.id, s.label, s.state, s.expires_at, s.is_auto_renew, s.cancel_requested_at is not null as is_ending,
      p.name as plan_name, h.name, h.reference, ${at}::text as at, (
        select i.number from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and i.state = 'open'
        order by i.due_on, i.id limit 1) as open_number, ${openOrderDueOn(sql)} as order_due_on
    from services s join plans p on p.id = s.plan_id join customers h on h.id = s.customer_id
    where ${where} order by ${order} limit ${rowsPerPage + 1}`;
  return pageOf(found, cursor, rowsPerPage, (row) => ({
    id: row.id as ServiceId,
    label: row.label,
    planName: row.plan_name,
    customerName: row.name,
    customerReference: row.reference,
    state: row.state,
    expiresAt: row.expires_at,
    isAutoRenew: row.is_auto_renew,
    isEnding: row.is_ending,
    openInvoiceNumber: row.open_number,
    voidsAt: row.order_due_on && orderVoidAt(row.order_due_on, today),
  }));
}

function viewCondition(sql: Sql, view: ServiceView, now: Date): Fragment {
  const soon = new Date(now.getTime() + expiringDays * 86_400_000);
  switch (view) {
    case "expiring":
      return sql`s.state = 'active' and s.expires_at > ${now} and s.expires_at <= ${soon}`;
    case "in_grace":
      return sql`s.state = 'active' and s.expires_at <= ${now}`;
    case "suspended":
      return sql`s.state = 'suspended'`;
    case "ending":
      return sql`s.state = 'active' and s.cancel_requested_at is not null`;
    case "ended":
      return sql`s.state in ('terminated', 'canceled')`;
  }
}
