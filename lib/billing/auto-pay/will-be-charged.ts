import type { Fragment } from "postgres";
import type { ReservedSql, Sql } from "@/db/client";
import { calendarDay } from "@/lib/kernel/calendar";

type SqlTag = Sql | ReservedSql;

/**
 * Whether the card of the invoice `i`'s customer will be charged for it before it is due, as a condition within a query: auto-pay
 * is on, its card can be used, auto-renew is on for all that it renews, and no charge of it has failed. Such a one is not announced as
 * a debt (domain.md, Reminding).
 */
export function willBeCharged(sql: SqlTag, now: Date, timeZone: string) {
  return sql`(i.due_on >= ${calendarDay(now, timeZone)} and ${hasAutoPay(sql, sql`i.customer_id`, now, timeZone)} and ${renewsByItself(sql)} and not exists (
      select from payment_shares h join payments p on p.customer_id = h.customer_id and p.id = h.payment_id
      where h.customer_id = i.customer_id and h.invoice_id = i.id and p.origin = 'auto' and p.card_minor > 0
        and p.state in ('failed', 'canceled', 'expired')))`;
}

/** Whether a customer's auto-pay is on, with a card that is there and has not expired. */
export function hasAutoPay(sql: SqlTag, customerId: Fragment, now: Date, timeZone: string) {
  const [year = 0, month = 0] = calendarDay(now, timeZone).split("-").map(Number);
  return sql`exists (
    select from auto_charges a join payment_methods m on m.customer_id = a.customer_id and m.id = a.payment_method_id
    where a.customer_id = ${customerId} and a.pays_invoices and a.stopped_at is null and m.detached_at is null
      and m.exp_year * 12 + m.exp_month >= ${year * 12 + month}::int)`;
}

/** Whether the invoice `i` is a renewal, of services that all renew by themselves. */
export function renewsByItself(sql: SqlTag) {
  return sql`(i.origin = 'renewal' and not exists (
    select from invoice_lines l join services s on s.customer_id = l.customer_id and s.id = l.service_id
    where l.customer_id = i.customer_id and l.invoice_id = i.id and not s.is_auto_renew))`;
}
