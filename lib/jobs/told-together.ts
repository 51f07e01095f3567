import type { ReservedSql, Sql } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { addCalendarDays, calendarDay, startOfDay } from "@/lib/kernel/calendar";

/** Whether the row `o` of the outbox waits for its mail, or was told by one that is now sent again. */
export function isToBeTold(sql: ReservedSql) {
  return sql`(o.handled_at is null or exists (
    select from outbox w where w.customer_id = o.customer_id and w.id = o.told_by and w.handled_at is null))`;
}

/** So late the renewal run may be with a service before it is no longer waited for. */
const runDelayMs = 10 * 60_000;

/**
 * Whether the row `o` of the outbox, about a renewal that the balance paid today, is to wait for another service of its customer that
 * renews later today: one mail tells of all of them (decision 0013). None waits longer than its day.
 */
export function waitsForOthers(
  sql: Sql | ReservedSql,
  { clock, timeZone }: Pick<World, "clock" | "timeZone">,
) {
  const now = clock.now();
  const today = calendarDay(now, timeZone);
  const begin = startOfDay(today, timeZone);
  const end = startOfDay(addCalendarDays(today, 1), timeZone);
  const issuedBefore = (instant: Date) =>
    sql`(${instant}::timestamptz at time zone ${timeZone} + make_interval(days => p.lead_days)) at time zone ${timeZone}`;
  return sql`(o.created_at >= ${begin} and o.topic = 'renewal.paid' and exists (
      select from services s join plans p on p.id = s.plan_id
      where s.customer_id = o.customer_id and s.state in ('active', 'suspended') and s.is_auto_renew
        and s.cancel_requested_at is null
        and s.expires_at > ${issuedBefore(new Date(now.getTime() - runDelayMs))} and s.expires_at < ${issuedBefore(end)}
        and not exists (select from renewals n where n.customer_id = s.customer_id and n.service_id = s.id
          and n.term_starts_at = s.expires_at and n.state <> 'due')))`;
}
