import type { ReservedSql, Sql } from "@/db/client";
import { addCalendarDays, type CalendarDay, calendarDay, startOfDay } from "@/lib/kernel/calendar";

/** An order that nobody paid so many days after due is given up, once the last of them is over (domain.md, Cancelling). */
const orderVoidDays = 14;

interface Today {
  readonly now: Date;
  readonly timeZone: string;
}

/** When an order that is due on that day is void if nobody pays it; at once, where that is past. */
export function orderVoidAt(dueOn: CalendarDay, { now, timeZone }: Today): Date {
  const at = startOfDay(addCalendarDays(dueOn, orderVoidDays + 1), timeZone);
  return at > now ? at : now;
}

/** Orders that were due before that day are void now: the same rule from its other end. */
export function orderVoidDueBefore({ now, timeZone }: Today): CalendarDay {
  return addCalendarDays(calendarDay(now, timeZone), -orderVoidDays);
}

/** On which day the open order that the service `s` waits for is due, within a query; null where it waits for none. */
export function openOrderDueOn(sql: Sql | ReservedSql) {
  return sql`(
    select min(i.due_on) from invoice_lines l
    join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
    where s.state = 'pending' and l.customer_id = s.customer_id and l.service_id = s.id and i.state = 'open'
      and i.origin = 'order')`;
}
