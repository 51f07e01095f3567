import type { ReservedSql, Sql } from "@/db/client";
import type { CustomerId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";

/**
 * What of a balance may leave, by bank or to a card: goodwill is the host's gift and is never paid out. Until it is told apart
 * on the balance, all that was ever given stays, less what was taken back (domain.md, A8). Pure.
 */
export function mayLeaveMinor({
  availableMinor,
  goodwillMinor,
}: {
  availableMinor: bigint;
  goodwillMinor: bigint;
}): bigint {
  const minor = availableMinor - (goodwillMinor > 0n ? goodwillMinor : 0n);
  return minor > 0n ? minor : 0n;
}

/** All goodwill that a customer was ever given in a currency, less what was taken back. Minor units. */
export async function readGoodwill(
  sql: Sql | ReservedSql,
  customerId: CustomerId,
  currency: Currency,
): Promise<bigint> {
  return (await readGoodwills(sql, customerId)).get(currency) ?? 0n;
}

/** The same in each currency in which any was given. */
export async function readGoodwills(
  sql: Sql | ReservedSql,
  customerId: CustomerId,
): Promise<Map<Currency, bigint>> {
  const rows = await sql`
    select currency, sum(case when debit = 'goodwill' then amount_minor else -amount_minor end)::bigint as minor
    from transfers where customer_id = ${customerId} and (debit = 'goodwill' or credit = 'goodwill')
    group by currency`;
  return new Map(rows.map((row) => [row.currency as Currency, row.minor as bigint]));
}
