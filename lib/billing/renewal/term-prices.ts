import type { ReservedSql, Sql } from "@/db/client";
import { type TermLength, termEnd } from "@/lib/kernel/calendar";
import type { PlanId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";

/** A plan's price from an instant on. Net, minor units. */
export interface ListPrice {
  validFrom: Date;
  priceMinor: bigint;
}

/** The price of a term: the one that holds when it starts (domain.md, Renewing). Null where the plan has none yet. */
export function priceOfTerm<T extends Pick<ListPrice, "validFrom">>(
  prices: readonly T[],
  startsAt: Date,
): T | null {
  let last: T | null = null;
  for (const one of prices) {
    if (one.validFrom <= startsAt && (!last || one.validFrom > last.validFrom)) last = one;
  }
  return last;
}

/** What a service's terms cost that are not paid yet. Net, minor units. */
export interface TermsAhead {
  expiresAt: Date;
  anchorDay: number;
  /** Of the plan that its next terms have. */
  term: TermLength;
  prices: readonly ListPrice[];
  /** Terms whose invoices are open: their prices stand. */
  billed: readonly { startsAt: Date; endsAt: Date; priceMinor: bigint }[];
}

/** The most terms that are looked at: what is further away is said when it comes nearer. */
const termsMost = 400;

/**
 * The first term to come that costs something else than now, and from when: when that term starts, not when the price
 * begins to hold. Null while nothing changes. Pure.
 */
export function priceChange(
  ahead: TermsAhead,
  now: { priceMinor: bigint | null; term: TermLength },
  timeZone: string,
): { priceMinor: bigint; at: Date } | null {
  const { term, prices, billed, anchorDay } = ahead;
  const isOtherLength = term.unit !== now.term.unit || term.count !== now.term.count;
  let startsAt = ahead.expiresAt;
  for (let seen = 0; seen < termsMost; seen++) {
    const from = startsAt;
    const invoice = billed.find((one) => one.startsAt.getTime() === from.getTime());
    const priceMinor = invoice?.priceMinor ?? priceOfTerm(prices, from)?.priceMinor ?? null;
    if (priceMinor !== null && (isOtherLength || priceMinor !== now.priceMinor))
      return { priceMinor, at: from };
    if (!invoice && prices.every(({ validFrom }) => validFrom <= from)) return null;
    startsAt = invoice?.endsAt ?? termEnd(from, term, anchorDay, timeZone);
  }
  return null;
}

/** The prices of several plans, in one read. */
export async function readListPrices(
  sql: Sql | ReservedSql,
  planIds: readonly PlanId[],
): Promise<(planId: PlanId, currency: Currency) => ListPrice[]> {
  const rows = await sql`
    select plan_id, currency, valid_from, price_minor from plan_prices
    where plan_id = any(${[...new Set(planIds)]}::uuid[])`;
  const byPlan = new Map<string, ListPrice[]>();
  for (const row of rows) {
    const key = `${row.plan_id} ${row.currency}`;
    const price = { validFrom: row.valid_from as Date, priceMinor: row.price_minor as bigint };
    const prices = byPlan.get(key);
    if (prices) prices.push(price);
    else byPlan.set(key, [price]);
  }
  return (planId, currency) => byPlan.get(`${planId} ${currency}`) ?? [];
}
