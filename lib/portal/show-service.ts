import type { ReservedSql } from "@/db/client";
import { mailHourSql } from "@/lib/billing/reminder/mail-hour";
import { type NextStep, nextSteps } from "@/lib/billing/renewal/next-steps";
import { type PutBackOutlook, putBackOutlook } from "@/lib/billing/renewal/put-back-outlook";
import type { World } from "@/lib/billing/world";
import { calendarDay } from "@/lib/kernel/calendar";
import { isUuid, type ServiceId } from "@/lib/kernel/id";
import { claimColumns, invoiceRow } from "./list-invoices";
import { readServiceRows } from "./list-services";
import { may, mayPay } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor, InvoiceRow, ServiceRow, TimelineEntry } from "./shapes";
import { type RunwayRenewal, readRunways } from "./show-runway";
import { portalWorld } from "./world";

export type { PutBackOutlook };

/** More than a page shows; the list of invoices has them all. */
const shownMost = 12;

export interface ServiceDetail extends ServiceRow {
  /** The latest first. */
  terms: { startsAt: Date; endsAt: Date; invoiceNumber: string | null }[];
  /** Terms that there are in all. */
  termCount: number;
  /** The latest first. */
  invoices: InvoiceRow[];
  invoiceCount: number;
  /** What happens next and when, if nobody does anything. */
  next: NextStep[];
  /** Its next renewal from the balance, where it renews by itself, and whether the balance reaches for it. */
  renewal: RunwayRenewal | null;
  /** The renewal of the next term was declined: nobody bills it by itself any more. */
  isDeclined: boolean;
  /** What follows if it is put back, for a member who may; null where it was not declined. */
  ifPutBack: PutBackOutlook | null;
  timeline: TimelineEntry[];
  canChange: boolean;
  /** Whether this member may renew it now, as things stand: the act judges again. */
  canRenew: boolean;
}

/** One service with all that is known of it; null if this customer has none of that id, whoever else has. */
export function showService(
  actor: CustomerActor,
  id: string,
  world: World = portalWorld(),
): Promise<ServiceDetail | null> {
  if (!isUuid(id)) return Promise.resolve(null);
  const now = world.clock.now();
  const today = calendarDay(now, world.timeZone);
  const { customerId } = actor;
  return readAs(world, actor, async (sql) => {
    const [[row], canChange, canPay, [rules], runways, terms, invoices, timeline] = await Promise.all([
      readServiceRows(sql, actor, { now, timeZone: world.timeZone }, id as ServiceId),
      may(sql, actor, "services.change"),
      mayPay(sql, actor),
      readRules(sql, actor, id),
      readRunways(sql, actor, world),
      sql`
        select t.starts_at, t.ends_at, i.number, count(*) over ()::int as count from terms t
        join invoice_lines l on l.customer_id = t.customer_id and l.id = t.invoice_line_id
        join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where t.customer_id = ${customerId} and t.service_id = ${id} order by t.starts_at desc limit ${shownMost}`,
      sql`
        select i.*, ${claimColumns(sql)}, count(*) over ()::int as count from invoices i
        left join invoice_claims c on c.customer_id = i.customer_id and c.invoice_id = i.id
        where i.customer_id = ${customerId} and i.number is not null and exists (
          select from invoice_lines l where l.customer_id = i.customer_id and l.invoice_id = i.id and l.service_id = ${id})
        order by i.issued_at desc, i.id desc limit ${shownMost}`,
      sql`
        select id, occurred_at, actor, verb, detail from activities
        where customer_id = ${customerId} and subject = 'service' and subject_id = ${id} and is_visible
        order by id desc limit 30`,
    ]);
    if (!row || !rules) return null;
    const renewal =
      runways
        .flatMap(({ renewals }) => renewals)
        .find(({ serviceIds }) => serviceIds.includes(id as ServiceId)) ?? null;
    const stepping = { ...row, ...rules, charge: renewal?.charge ?? null };
    return {
      ...row,
      terms: terms.map((term) => ({
        startsAt: term.starts_at,
        endsAt: term.ends_at,
        invoiceNumber: term.number,
      })),
      termCount: terms[0]?.count ?? 0,
      invoices: invoices.map((invoice) => invoiceRow(invoice, today)),
      invoiceCount: invoices[0]?.count ?? 0,
      next: nextSteps(stepping, now, world.timeZone),
      renewal,
      isDeclined: rules.renewal?.state === "declined",
      ifPutBack: canChange ? putBackOutlook(stepping, rules.firstDueOn, now, world.timeZone) : null,
      timeline: timeline.map((entry) => ({
        id: entry.id,
        occurredAt: entry.occurred_at,
        actor: entry.actor,
        verb: entry.verb,
        detail: entry.detail,
      })),
      canChange,
      canRenew: canPay && row.isRenewable && !row.isBeingPaid,
    };
  });
}

/** What the jobs go by. */
async function readRules(sql: ReservedSql, { customerId }: CustomerActor, id: string) {
  const rows = await sql`
    select p.lead_days, p.grace_days, p.terminate_days, ${sql.unsafe(mailHourSql)} as mail_hour, r.state as renewal_state, r.own_grace_days,
      case r.state when 'due' then r.due_on else i.due_on end as due_on, r.due_on as first_due_on,
      s.suspended_at, s.suspension_hold_until
    from services s join plans p on p.id = s.plan_id
    left join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
    left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
    where s.customer_id = ${customerId} and s.id = ${id}`;
  return rows.map((row) => ({
    mailHour: row.mail_hour,
    plan: { leadDays: row.lead_days, graceDays: row.grace_days, terminateDays: row.terminate_days },
    renewal:
      row.renewal_state === null
        ? null
        : {
            state: row.renewal_state,
            dueOn: row.due_on,
            ownGraceDays: row.own_grace_days,
          },
    firstDueOn: row.first_due_on,
    suspendedAt: row.suspended_at,
    holdUntil: row.suspension_hold_until,
  }));
}
