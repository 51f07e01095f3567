import type { ReservedSql, Sql } from "@/db/client";
import { calendarDay, startOfDay } from "@/lib/kernel/calendar";
import type { UserId } from "@/lib/kernel/id";
import type { Money } from "@/lib/kernel/money";

/** What one person of the staff may pay out a day in each currency where the host has set nothing, in its minor units: 10,000.00. */
export const payoutDayDefaultMinor = 1_000_000n;

/** What one person may pay out a day, in minor units of any currency. */
export async function payoutDayLimit(sql: Sql | ReservedSql): Promise<bigint> {
  const [row] = await sql`select value from settings where key = 'payout_day_most_minor'`;
  return row ? BigInt(row.value) : payoutDayDefaultMinor;
}

/** What a person has paid out in the currency since their day began, to whomever. Minor units. */
export async function paidOutToday(
  sql: ReservedSql,
  { userId, amount }: { userId: UserId; amount: Money },
  now: Date,
  timeZone: string,
): Promise<bigint> {
  const since = startOfDay(calendarDay(now, timeZone), timeZone);
  const [row] = await sql`
    select coalesce(sum((detail ->> 'amountMinor')::bigint), 0)::bigint as minor from activities
    where verb = 'balance_paid_out' and user_id = ${userId} and occurred_at >= ${since}
      and detail ->> 'currency' = ${amount.currency}`;
  return row?.minor ?? 0n;
}
