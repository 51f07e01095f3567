import type { ReservedSql, Sql } from "@/db/client";
import { addCalendarDays, type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, PaymentMethodId } from "@/lib/kernel/id";
import type { World } from "../world";
import { type CardExpiry, cardAnnouncedDaysAhead, isExpiring, isOver, lastDayOf } from "./card-expiry";
import { type NewReminder, recordReminders } from "./record-reminders";

/**
 * Tells customers that the card which is charged by itself is about to expire, or has: once for each card and month
 * printed on it, whoever runs at once, and once more when it is over while they have saved another that lasts, since no
 * other card is charged than the one they agreed to. Nothing where nothing charges it. Returns how many were recorded.
 */
export async function announceExpiringCards(world: World, customersMost = 200): Promise<number> {
  let recorded = 0;
  let after: CustomerId | null = null;
  const today = calendarDay(world.clock.now(), world.timeZone);
  for (;;) {
    const cards: ExpiringCard[] = await untold(world, after, customersMost);
    const last = cards.at(-1);
    if (!last) return recorded;
    const expiring = cards.filter((card) => isExpiring(card, today));
    recorded += await recordReminders(
      world,
      today,
      expiring.map((card) => ({
        customerId: card.customerId,
        kind: isOver(card, today) ? "card_expired" : "card_expiring",
        subjectId: card.id,
        day: lastDayOf(card),
      })),
    );
    after = last.customerId;
  }
}

interface ExpiringCard extends CardExpiry {
  customerId: CustomerId;
  id: PaymentMethodId;
}

/**
 * Whether the card `m` is the one that is charged by itself by `a`, the customer's row of auto_charges: as a condition
 * within a query.
 */
export function isChargedByItself(sql: Sql | ReservedSql) {
  return sql`(a.payment_method_id = m.id and a.stopped_at is null and m.detached_at is null
    and (a.pays_invoices or exists (
      select from auto_top_ups t where t.customer_id = a.customer_id and t.is_on)))`;
}

/**
 * The customer's other card that may take the place of `m`, which `a` charges, as a query within one: it can be charged in
 * that month and lasts longer, where `m` is charged still. The default first, then the newest; the customer says so.
 */
export function offeredCard(sql: Sql | ReservedSql, now: Date, timeZone: string) {
  return sql`(
    select o.last4 from payment_methods o
    where o.customer_id = m.customer_id and o.id <> m.id and o.detached_at is null
      and o.exp_year * 12 + o.exp_month >= ${monthOf(calendarDay(now, timeZone))}::int
      and (m.detached_at is not null or a.stopped_at is not null
        or o.exp_year * 12 + o.exp_month > m.exp_year * 12 + m.exp_month)
    order by o.is_default desc, o.created_at desc, o.id desc limit 1)`;
}

/** Months since the year 0. */
function monthOf(day: CalendarDay): number {
  const [year = 0, month = 0] = day.split("-").map(Number);
  return year * 12 + month;
}

async function untold(
  world: World,
  after: CustomerId | null,
  customersMost: number,
): Promise<ExpiringCard[]> {
  const { sql } = world.jobs;
  const now = world.clock.now();
  const today = calendarDay(now, world.timeZone);
  // A card that was renewed is announced again, at its new last day.
  const told = (kind: NewReminder["kind"]) => sql`exists (
    select from reminders r where r.customer_id = m.customer_id and r.kind = ${kind} and r.subject_id = m.id
      and r.day = (make_date(m.exp_year, m.exp_month, 1) + interval '1 month - 1 day')::date)`;
  const rows = await sql`
    select m.customer_id, m.id, m.exp_month, m.exp_year from auto_charges a
    join customers c on c.id = a.customer_id and c.closed_at is null
    join payment_methods m on m.customer_id = a.customer_id and m.id = a.payment_method_id
    where a.customer_id > ${after ?? "00000000-0000-0000-0000-000000000000"}
      and m.exp_year * 12 + m.exp_month <= ${monthOf(addCalendarDays(today, cardAnnouncedDaysAhead))}::int
      and ${isChargedByItself(sql)} and not ${told("card_expired")} and (not ${told("card_expiring")} or (
        m.exp_year * 12 + m.exp_month < ${monthOf(today)}::int
        and ${offeredCard(sql, now, world.timeZone)} is not null))
    order by a.customer_id limit ${customersMost}`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    id: row.id,
    expMonth: row.exp_month,
    expYear: row.exp_year,
  }));
}
