import type { ReservedSql, Sql } from "@/db/client";
import { transact } from "@/db/transaction";
import { announceExpiringCards } from "@/lib/billing/reminder/announce-cards";
import { dailyPass, readMailHour } from "@/lib/billing/reminder/mail-hour";
import { remindOfInvoices } from "@/lib/billing/reminder/remind";
import { remindOfShortfalls } from "@/lib/billing/reminder/remind-of-shortfalls";
import { announceStops } from "@/lib/billing/suspension/announce-stops";
import type { World } from "@/lib/billing/world";
import { atHour, type CalendarDay, calendarDay } from "@/lib/kernel/calendar";

/** A worker that was away at the hour of mails makes up for it so long; nobody is reminded at night. */
const lateHoursMost = 12;

/**
 * Once a day, at the hour of mails or as soon after it as a worker is there: finds what each customer is to hear of, and puts
 * it into their one mail of the day (domain.md, A5). Killed anywhere it is taken up again; only when it is complete do mails
 * go out. What is found later waits for the next morning. Returns how many stages were recorded; null outside of its time.
 */
export async function remindCustomers(world: World): Promise<number | null> {
  const { sql } = world.jobs;
  const now = world.clock.now();
  const today = calendarDay(now, world.timeZone);
  const opens = atHour(today, await readMailHour(sql), world.timeZone);
  const closes = new Date(opens.getTime() + lateHoursMost * 3_600_000);
  if (now < opens || now >= closes) return null;
  if (await isPassed(sql, opens)) return null;
  await beginPass(sql, now);
  await takeUpUnsent(world, today);
  const recorded =
    (await remindOfInvoices(world)) +
    (await remindOfShortfalls(world)) +
    (await announceStops(world)) +
    (await announceExpiringCards(world));
  await sql`update job_runs set ended_at = ${world.clock.now()} where name = ${dailyPass}`;
  return recorded;
}

async function isPassed(sql: Sql, opens: Date): Promise<boolean> {
  const [run] = await sql`
    select 1 from job_runs where name = ${dailyPass} and ended_at >= ${opens} and ended_at >= started_at`;
  return run !== undefined;
}

async function beginPass(sql: Sql, now: Date): Promise<void> {
  await sql`
    insert into job_runs (name, every_seconds, started_at) values (${dailyPass}, 86400, ${now})
    on conflict (name) do update set started_at = excluded.started_at`;
}

/** What no mail server took on its day is told with today's: one mail for both. */
async function takeUpUnsent(world: World, today: CalendarDay): Promise<void> {
  await transact(world.jobs, {}, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard reminders of the day', 0))`;
    await sql`
      update outbox o set remind_on = ${today}
      where o.topic = 'reminder' and o.handled_at is null and o.remind_on < ${today}
        and not exists (select from notices n where n.customer_id = o.customer_id and n.id = o.id and n.sending > 1)
        and not exists (select from outbox t where t.customer_id = o.customer_id and t.remind_on = ${today})
        and not exists (select from outbox l where l.customer_id = o.customer_id and l.topic = 'reminder'
          and l.handled_at is null and l.remind_on < ${today} and l.id > o.id)`;
  });
}

/**
 * Whether the row `o` of the outbox is no mail of reminding, or is today's and everything of the day is found, or staff send it
 * again: as a condition within a query.
 */
export function isDayOf(sql: Sql | ReservedSql, { clock, timeZone }: Pick<World, "clock" | "timeZone">) {
  const today = calendarDay(clock.now(), timeZone);
  return sql`(o.topic <> 'reminder' or o.remind_on is null
    or exists (select from notices n where n.customer_id = o.customer_id and n.id = o.id and n.sending > 1)
    or (o.remind_on = ${today} and exists (select from job_runs p where p.name = ${dailyPass} and p.ended_at >= p.started_at
      and (p.ended_at at time zone ${timeZone})::date = ${today}::date)))`;
}
