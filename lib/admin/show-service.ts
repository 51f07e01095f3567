import { transact } from "@/db/transaction";
import { readChargeOf } from "@/lib/billing/outlook/charge-of";
import { mailHourSql } from "@/lib/billing/reminder/mail-hour";
import { forecastRenewals } from "@/lib/billing/renewal/forecast";
import { type NextStep, nextSteps, type PlannedCharge } from "@/lib/billing/renewal/next-steps";
import { type PutBackOutlook, putBackOutlook } from "@/lib/billing/renewal/put-back-outlook";
import { readForecastScenes } from "@/lib/billing/renewal/read-forecast";
import { type PriceAhead, pricedBy, readPricesOf } from "@/lib/billing/renewal/service-prices";
import { openOrderDueOn } from "@/lib/billing/suspension/order-void-days";
import type { TermLength } from "@/lib/kernel/calendar";
import { type CustomerId, isUuid, type ServiceId } from "@/lib/kernel/id";
import type { Money } from "@/lib/kernel/money";
import { activityOf, customersTwins, type ListedActivity } from "./list-activities";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type { PutBackOutlook };

/** The newest of each; the lists have the rest. */
const shownMost = 24;

export interface StaffService {
  id: ServiceId;
  customerId: CustomerId;
  customerName: string;
  customerReference: string;
  label: string;
  planName: string;
  /** Another plan from the start of an unpaid term. */
  nextPlan: { name: string; from: Date } | null;
  term: TermLength;
  /** Of the term that runs, net; null where the plan has none in the service's currency. */
  price: Money | null;
  /** Another net price that a term to come has, and from when. */
  nextPrice: PriceAhead | null;
  state: "pending" | "active" | "suspended" | "terminated" | "canceled";
  isAutoRenew: boolean;
  /** When the customer asked that it ends with its term. */
  cancelRequestedAt: Date | null;
  createdAt: Date;
  expiresAt: Date | null;
  suspendedAt: Date | null;
  /** Staff hold the suspension off until this instant; null where nobody does, or where it has passed. */
  holdUntil: Date | null;
  /** Days that the customer gave themselves in this term. */
  ownGraceDays: number;
  /** What happens next and when, if nobody does anything. */
  next: NextStep[];
  /** What follows if staff put its declined renewal back; null where it was not declined. */
  ifPutBack: PutBackOutlook | null;
  /** The latest first. */
  terms: { startsAt: Date; endsAt: Date; invoiceNumber: string }[];
  renewals: {
    termStartsAt: Date;
    state: "due" | "invoiced" | "paid" | "declined" | "lapsed";
    invoiceNumber: string | null;
  }[];
  activities: ListedActivity[];
}

/** A service with all that is known of it; null if this customer has none of that id. Every role of staff may look. */
export async function showService(
  _actor: StaffActor,
  { reference, serviceId }: { reference: string; serviceId: string },
  world: StaffWorld = staffWorld(),
): Promise<StaffService | null> {
  if (reference.includes("\0") || !isUuid(serviceId)) return null;
  const { sql } = world.staff;
  const now = world.clock.now();
  const priced = pricedBy(sql, now);
  const [row] = await sql`
    select s.*, ${priced.columns}, h.name as customer_name, h.reference, p.name as plan_name, p.lead_days,
      p.grace_days, p.terminate_days, ${sql.unsafe(mailHourSql)} as mail_hour, n.name as next_plan_name, r.state as renewal_state, r.own_grace_days,
      case r.state when 'due' then r.due_on else i.due_on end as due_on,
      ${openOrderDueOn(sql)} as order_due_on
    from customers h join services s on s.customer_id = h.id join plans p on p.id = s.plan_id ${priced.join}
    left join plans n on n.id = s.next_plan_id
    left join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
    left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
    where h.reference = ${reference} and not h.is_house and s.id = ${serviceId}`;
  if (!row) return null;
  const customerId = row.customer_id as CustomerId;
  const [charge, pricesOf, terms, renewals, activities] = await Promise.all([
    chargeFor(world, customerId, row.id),
    readPricesOf(sql, [row], { now, timeZone: world.timeZone }),
    sql`
      select t.starts_at, t.ends_at, i.number from terms t
      join invoice_lines l on l.customer_id = t.customer_id and l.id = t.invoice_line_id
      join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
      where t.customer_id = ${customerId} and t.service_id = ${serviceId} order by t.starts_at desc limit ${shownMost}`,
    sql`
      select r.term_starts_at, r.state, i.number from renewals r
      left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id and i.state <> 'void'
      where r.customer_id = ${customerId} and r.service_id = ${serviceId}
      order by r.term_starts_at desc limit ${shownMost}`,
    sql`
      select a.id, a.occurred_at, a.actor, a.verb, a.detail, u.name as who, false as is_house
      from activities a left join users u on u.id = a.user_id
      where a.customer_id = ${customerId} and a.subject = 'service' and a.subject_id = ${serviceId}
        and a.verb <> all(${[...customersTwins]})
      order by a.id desc limit 200`,
  ]);
  const { price, term, nextPrice } = pricesOf(row);
  const holdUntil = row.suspension_hold_until > now ? row.suspension_hold_until : null;
  const stepping = {
    state: row.state,
    expiresAt: row.expires_at,
    orderDueOn: row.order_due_on,
    isEnding: row.cancel_requested_at !== null,
    mailHour: row.mail_hour,
    plan: { leadDays: row.lead_days, graceDays: row.grace_days, terminateDays: row.terminate_days },
    renewal: row.renewal_state && {
      state: row.renewal_state,
      dueOn: row.due_on,
      ownGraceDays: row.own_grace_days,
    },
    suspendedAt: row.suspended_at,
    holdUntil,
    charge,
  };
  return {
    id: row.id,
    customerId,
    customerName: row.customer_name,
    customerReference: row.reference,
    label: row.label,
    planName: row.plan_name,
    nextPlan: row.next_plan_name && { name: row.next_plan_name, from: row.next_plan_at },
    term,
    price,
    nextPrice,
    state: row.state,
    isAutoRenew: row.is_auto_renew,
    cancelRequestedAt: row.cancel_requested_at,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    suspendedAt: row.suspended_at,
    holdUntil,
    ownGraceDays: row.own_grace_days ?? 0,
    next: nextSteps(stepping, now, world.timeZone),
    // Put back by staff, it gets a new due day.
    ifPutBack: putBackOutlook(stepping, null, now, world.timeZone),
    terms: terms.map((one) => ({ startsAt: one.starts_at, endsAt: one.ends_at, invoiceNumber: one.number })),
    renewals: renewals.map((one) => ({
      termStartsAt: one.term_starts_at,
      state: one.state,
      invoiceNumber: one.number,
    })),
    activities: activities.map((one) =>
      activityOf({ ...one, name: row.customer_name, reference: row.reference }),
    ),
  };
}

/** What auto-pay charges for its next renewal, by the forecast that the customer sees. */
function chargeFor(
  world: StaffWorld,
  customerId: CustomerId,
  serviceId: ServiceId,
): Promise<PlannedCharge | null> {
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  return transact(world.staff, {}, async ({ sql }) => {
    const [scenes, chargeOf] = await Promise.all([
      readForecastScenes(sql, customerId, today),
      readChargeOf(sql, customerId, today),
    ]);
    const event = scenes
      .flatMap((scene) => forecastRenewals(scene).events)
      .find(({ serviceIds }) => serviceIds.includes(serviceId));
    return event ? chargeOf(event) : null;
  });
}
