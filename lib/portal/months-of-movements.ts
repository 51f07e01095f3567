import type { ReservedSql } from "@/db/client";
import { addCalendarDays, type CalendarDay, calendarDay, startOfDay } from "@/lib/kernel/calendar";
import { add, type Money, money, subtract } from "@/lib/kernel/money";
import type { CustomerActor, Movement } from "./shapes";

/** The accounts that together are what a customer is shown as their balance (domain.md, Words). */
export const shownAccounts = ["customer_balance", "customer_debt"];

/** The movements of a month that are on a page, newest first, and what the balance was as the month began and ended. */
export interface MonthOfMovements {
  /** "2026-11", in the billing time zone. */
  month: string;
  opening: Money;
  /** Until now, of the month that runs. */
  closing: Money;
  rows: Movement[];
}

/** Parts a page of movements by month. A month that goes on over the page's edge keeps its own first and last figure. */
export async function monthsOf(
  sql: ReservedSql,
  actor: CustomerActor,
  rows: readonly Movement[],
  timeZone: string,
): Promise<MonthOfMovements[]> {
  const months = partByMonth(rows, timeZone);
  const [first, last] = [months[0], months.at(-1)];
  const [newest, oldest] = [rows[0], rows.at(-1)];
  if (!first || !last || !newest || !oldest) return months;
  const [newer, older] = await Promise.all([
    sumBeside(sql, actor, newest, sql`t.seq > n.seq and t.occurred_at < ${endOf(first.month, timeZone)}`),
    sumBeside(sql, actor, oldest, sql`t.seq < n.seq and t.occurred_at >= ${startOf(last.month, timeZone)}`),
  ]);
  first.closing = add(first.closing, newer);
  last.opening = subtract(last.opening, older);
  return months;
}

function partByMonth(rows: readonly Movement[], timeZone: string): MonthOfMovements[] {
  const months: MonthOfMovements[] = [];
  for (const row of rows) {
    const month = calendarDay(row.occurredAt, timeZone).slice(0, 7);
    const opening = subtract(row.balanceAfter, row.amount);
    const last = months.at(-1);
    if (last?.month === month) {
      last.rows.push(row);
      last.opening = opening;
    } else months.push({ month, opening, closing: row.balanceAfter, rows: [row] });
  }
  return months;
}

/** What the movements beside this one add up to that are in the same month, on the pages before or after. */
async function sumBeside(
  sql: ReservedSql,
  { customerId }: CustomerActor,
  { id, amount: { currency } }: Movement,
  isBeside: ReturnType<ReservedSql>,
): Promise<Money> {
  const [sum] = await sql`
    select coalesce(sum(case when t.credit = any(${shownAccounts}) then t.amount_minor else -t.amount_minor end), 0)::bigint
      as minor
    from transfers n join transfers t on t.customer_id = n.customer_id and t.currency = n.currency
    where n.customer_id = ${customerId} and n.id = ${id} and t.kind in ('posted', 'post')
      and (t.debit = any(${shownAccounts})) <> (t.credit = any(${shownAccounts})) and ${isBeside}`;
  return money(sum?.minor ?? 0n, currency);
}

function startOf(month: string, timeZone: string): Date {
  return startOfDay(`${month}-01` as CalendarDay, timeZone);
}

function endOf(month: string, timeZone: string): Date {
  const inNext = addCalendarDays(`${month}-01` as CalendarDay, 31);
  return startOf(inNext.slice(0, 7), timeZone);
}
