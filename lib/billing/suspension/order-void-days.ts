import type { ReservedSql, Sql } from "@/db/client";
import { addDays } from "@/lib/kernel/calendar";

/** An order that nobody paid so many days after due is given up (domain.md, Cancelling). */
const orderVoidDays = 14;

interface Today {
  readonly now: Date;
  readonly timeZone: string;
}

/** When an order that is due then is void if nobody pays it; at once, where that is past. */
export function orderVoidAt(dueAt: Date, { now, timeZone }: Today): Date {
  const at = addDays(dueAt, orderVoidDays, timeZone);
  return at > now ? at : now;
}

/** Orders that were due by then are void now: the same rule from its other end. */
export function orderVoidDueBy({ now, timeZone }: Today): Date {
  return addDays(now, -orderVoidDays, timeZone);
}

/** When the open order that the service `s` waits for is due, within a query; null where it waits for none. */
export function openOrderDueAt(sql: Sql | ReservedSql) {
  return sql`(
    select min(i.due_at) from invoice_lines l
    join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
    where s.state = 'pending' and l.customer_id = s.customer_id and l.service_id = s.id and i.state = 'open'
      and i.origin = 'order')`;
}
