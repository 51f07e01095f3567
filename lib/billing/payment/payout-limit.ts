import type { ReservedSql, Sql } from "@/db/client";
import { calendarDay, startOfDay } from "@/lib/kernel/calendar";
import type { UserId } from "@/lib/kernel/id";
import { type Currency, isCurrency, type Money, money } from "@/lib/kernel/money";

/** Where the host has set nothing: about ten thousand US dollars in each currency, round. Minor units. */
const usualMinor: Record<Currency, bigint> = {
  AED: 4_000_000n,
  AUD: 1_500_000n,
  BHD: 4_000_000n,
  BRL: 5_000_000n,
  CAD: 1_500_000n,
  CHF: 1_000_000n,
  CNY: 7_000_000n,
  DKK: 7_000_000n,
  EUR: 1_000_000n,
  GBP: 800_000n,
  HKD: 8_000_000n,
  INR: 80_000_000n,
  JPY: 1_500_000n,
  KRW: 14_000_000n,
  KWD: 3_000_000n,
  MXN: 20_000_000n,
  NOK: 10_000_000n,
  NZD: 1_500_000n,
  PLN: 4_000_000n,
  SEK: 10_000_000n,
  SGD: 1_500_000n,
  USD: 1_000_000n,
  VND: 250_000_000n,
  ZAR: 20_000_000n,
};

/** What one person of the staff may pay out a day in a currency. */
export async function payoutDayLimit(sql: Sql | ReservedSql, currency: Currency): Promise<Money> {
  const [row] = await sql`select value ->> ${currency} as minor from settings where key = 'payout_day_most'`;
  return money(row?.minor ? BigInt(row.minor) : usualMinor[currency], currency);
}

/** The limit of each currency that something is sold in, or that a customer has a balance in. */
export async function payoutDayLimits(sql: Sql): Promise<Money[]> {
  const rows = await sql`
    select currency from plan_prices union select currency from balances order by currency`;
  const currencies = rows.map((row) => row.currency as string).filter(isCurrency);
  return Promise.all(currencies.map((currency) => payoutDayLimit(sql, currency)));
}

/** What a person has paid out in the currency since their day began, to whomever. Minor units. */
export async function paidOutToday(
  sql: Sql | ReservedSql,
  { userId, currency }: { userId: UserId; currency: Currency },
  now: Date,
  timeZone: string,
): Promise<bigint> {
  const since = startOfDay(calendarDay(now, timeZone), timeZone);
  const [row] = await sql`
    select coalesce(sum((detail ->> 'amountMinor')::bigint), 0)::bigint as minor from activities
    where verb = 'balance_paid_out' and user_id = ${userId} and occurred_at >= ${since}
      and detail ->> 'currency' = ${currency}`;
  return row?.minor ?? 0n;
}

/** What a person may still pay out in the currency today, to whomever. */
export async function payoutLeftToday(
  sql: Sql | ReservedSql,
  who: { userId: UserId; currency: Currency },
  now: Date,
  timeZone: string,
): Promise<Money> {
  const [limit, doneMinor] = await Promise.all([
    payoutDayLimit(sql, who.currency),
    paidOutToday(sql, who, now, timeZone),
  ]);
  return money(limit.minor > doneMinor ? limit.minor - doneMinor : 0n, who.currency);
}
