import { addCalendarDays, calendarDay, daysBetween, startOfDay } from "@/lib/kernel/calendar";
import type { CustomerId } from "@/lib/kernel/id";
import { type NewReminder, recordReminders } from "../reminder/record-reminders";
import type { World } from "../world";
import { announcedDaysAhead, announcedFor, suspendsAt, terminatesAt } from "./decide-stop";
import { type NextTerm, nextTerms, type ServiceRef } from "./next-terms";

/**
 * Tells customers ahead that a service will be suspended, or terminated, on which day: once each (domain.md, Reminding),
 * gathered in one mail for each customer and kind. One that had nothing to say when it was to be sent, because something
 * was under way, is told on a later day; until it is told nothing is stopped. Returns how many stages were recorded.
 */
export async function announceStops(world: World, customersMost = 200): Promise<number> {
  let recorded = 0;
  let after: CustomerId | null = null;
  const today = calendarDay(world.clock.now(), world.timeZone);
  for (;;) {
    const refs: ServiceRef[] = await untold(world, after, customersMost);
    const last = refs.at(-1);
    if (!last) return recorded;
    recorded += await recordReminders(
      world,
      today,
      remindersOf(world, await nextTerms(world.jobs.sql, refs)),
    );
    after = last.customerId;
  }
}

/** Services whose suspension or termination may be near today and was not told; some hours too many, where clocks are changed. */
async function untold(world: World, after: CustomerId | null, customersMost: number): Promise<ServiceRef[]> {
  const today = calendarDay(world.clock.now(), world.timeZone);
  const tomorrow = startOfDay(addCalendarDays(today, 1), world.timeZone);
  const soon = new Date(tomorrow.getTime() + 2 * 3_600_000);
  const rows = await world.jobs.sql`
    with near as materialized (
      select s.customer_id, s.id, r.id as renewal_id, case r.state when 'invoiced' then i.issued_at end as issued_at,
        case s.state when 'active' then 'suspension_ahead' else 'termination_ahead' end as kind
      from services s
      join customers c on c.id = s.customer_id and c.closed_at is null
      join plans p on p.id = s.plan_id
      join renewals r on r.customer_id = s.customer_id and r.service_id = s.id and r.term_starts_at = s.expires_at
        and r.state in ('invoiced', 'declined')
      left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
      where s.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
        and s.state in ('active', 'suspended') and s.cancel_requested_at is null
        and s.expires_at <= ${soon}::timestamptz + make_interval(days => ${announcedDaysAhead.suspension})
        and case s.state
          when 'suspended' then s.suspended_at + make_interval(days => p.terminate_days - ${announcedDaysAhead.termination}) <= ${soon}
          else r.state = 'declined'
            or i.due_on + p.grace_days + r.own_grace_days < ${today}::date + ${announcedDaysAhead.suspension}::int
        end
    ), chosen as (
      select distinct customer_id from near n
      where not exists (select from reminders m
        join outbox o on o.customer_id = m.customer_id and o.id = m.outbox_id
        left join notices t on t.customer_id = m.customer_id and t.id = m.outbox_id
        where m.customer_id = n.customer_id and m.kind = n.kind and m.subject_id = n.renewal_id
          and (n.issued_at is null or m.created_at > n.issued_at)
          and (o.handled_at is null or t.state in ('sent', 'bounced', 'undeliverable')))
      order by customer_id limit ${customersMost}
    )
    select n.customer_id, n.id from near n join chosen using (customer_id) order by n.customer_id, n.id`;
  return rows.map((row) => ({ customerId: row.customer_id, serviceId: row.id }));
}

function remindersOf(world: World, terms: readonly NextTerm[]): NewReminder[] {
  const now = world.clock.now();
  const today = calendarDay(now, world.timeZone);
  return terms.flatMap((term) => {
    // While only Stripe knows whether it is paid, nothing is said.
    const told = term.facts.paying === "unsure" ? null : toldOf(world, term, now);
    if (!told || !term.renewalId) return [];
    const { customerId } = term;
    const stage = daysBetween(calendarDay(told.at, world.timeZone), today);
    return [{ customerId, kind: told.kind, subjectId: term.renewalId, stage }];
  });
}

/** By whole days: what is stopped on one day, at whatever hours, is told at once and in one mail. */
function toldOf(world: World, term: NextTerm, now: Date) {
  const { timeZone } = world;
  const today = calendarDay(now, timeZone);
  const isNear = (at: Date, days: number) => calendarDay(at, timeZone) <= addCalendarDays(today, days);
  const suspension = term.facts.announcedAt.suspension ? null : suspendsAt(term.facts, timeZone);
  if (suspension && isNear(suspension, announcedDaysAhead.suspension)) {
    return { kind: "suspension_ahead" as const, at: announcedFor(suspension, term.facts, now) };
  }
  const termination = term.facts.announcedAt.termination ? null : terminatesAt(term.facts, timeZone);
  return termination && isNear(termination, announcedDaysAhead.termination)
    ? { kind: "termination_ahead" as const, at: announcedFor(termination, term.facts, now) }
    : null;
}
