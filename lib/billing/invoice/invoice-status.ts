import type { Fragment } from "postgres";
import type { ReservedSql, Sql } from "@/db/client";
import type { CalendarDay } from "@/lib/kernel/calendar";

/** What lists and pages call an invoice's state: the stored one and what is derived, never stored (domain.md, States). */
export const invoiceStatuses = [
  "open",
  "past_due",
  "partly_paid",
  "in_progress",
  "paid",
  "void",
  "written_off",
] as const;

export type InvoiceStatus = (typeof invoiceStatuses)[number];

/**
 * `today` is a day of the billing time zone: an invoice is past due once the day is over on which it is due. `isUnderWay`
 * as in `isUnderWay` below: a page that was opened and never finished is no payment yet.
 */
export function statusOf(
  invoice: { state: string; dueOn: CalendarDay; amountPaidMinor: bigint; isUnderWay: boolean },
  today: CalendarDay,
): InvoiceStatus {
  if (invoice.state !== "open") return invoice.state as InvoiceStatus;
  if (invoice.isUnderWay) return "in_progress";
  if (invoice.dueOn < today) return "past_due";
  return invoice.amountPaidMinor > 0n ? "partly_paid" : "open";
}

/**
 * Whether the payment of the claim `c` has left the customer's hands: the bank works on it, or Stripe has not said what
 * became of it. False without a claim, and for one that is only started: the customer may go on with it or cancel it.
 */
export function isUnderWay(sql: ReservedSql | Sql): Fragment {
  return sql`exists (select from payments cp where cp.customer_id = c.customer_id and cp.id = c.payment_id
    and cp.state in ('processing', 'unknown'))`;
}

/** The same as a condition on `i`, an invoice, and `c`, its claim: any of these; null for all. */
export function statusCondition(
  sql: ReservedSql | Sql,
  statuses: readonly InvoiceStatus[],
  today: CalendarDay,
): Fragment | null {
  if (statuses.length === 0) return null;
  const any = statuses.reduce<Fragment>(
    (all, one) => sql`${all} or (${oneStatus(sql, one, today)})`,
    sql`false`,
  );
  return sql`(${any})`;
}

function oneStatus(sql: ReservedSql | Sql, status: InvoiceStatus, today: CalendarDay): Fragment {
  const free = sql`i.state = 'open' and not ${isUnderWay(sql)}`;
  switch (status) {
    case "in_progress":
      return sql`i.state = 'open' and ${isUnderWay(sql)}`;
    case "past_due":
      return sql`${free} and i.due_on < ${today}`;
    case "partly_paid":
      return sql`${free} and i.due_on >= ${today} and i.amount_paid_minor > 0`;
    case "open":
      return sql`${free} and i.due_on >= ${today} and i.amount_paid_minor = 0`;
    default:
      return sql`i.state = ${status}`;
  }
}
