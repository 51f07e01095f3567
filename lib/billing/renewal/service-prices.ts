import type { Fragment, Row } from "postgres";
import type { ReservedSql, Sql } from "@/db/client";
import type { TermLength } from "@/lib/kernel/calendar";
import type { PlanId } from "@/lib/kernel/id";
import { type Money, money } from "@/lib/kernel/money";
import { priceChange, priceOfTerm, readListPrices } from "./term-prices";

/** What a service's terms cost from a day on, net. */
export interface PriceAhead {
  price: Money;
  term: TermLength;
  at: Date;
}

export interface ServicePrices {
  /** Of the term that runs, net: the price that held when it began. */
  price: Money | null;
  term: TermLength;
  /** Another price that a term to come has, net, and when the first such term begins; null while nothing changes. */
  nextPrice: PriceAhead | null;
  /** It can be renewed by hand: it runs, is not to end, and costs something. */
  isRenewable: boolean;
}

/** What a query over services `s` and their plans `p` reads for `readPricesOf`. */
export function pricedBy(sql: Sql | ReservedSql, now: Date): { columns: Fragment; join: Fragment } {
  return {
    columns: sql`
      s.state, s.currency, s.expires_at, s.cancel_requested_at, s.anchor_day, s.plan_id, p.term_unit, p.term_count,
      ahead.id as ahead_plan_id, ahead.term_unit as ahead_unit, ahead.term_count as ahead_count, (
        select t.starts_at from terms t where t.customer_id = s.customer_id and t.service_id = s.id
          and t.starts_at <= ${now} order by t.starts_at desc limit 1) as runs_since, (
        select coalesce(json_agg(json_build_object('from', l.term_starts_at, 'to', l.term_ends_at, 'net', l.net_minor::text)), '[]')
        from invoice_lines l join invoices i on i.customer_id = l.customer_id and i.id = l.invoice_id
        where l.customer_id = s.customer_id and l.service_id = s.id and l.kind = 'renewal' and i.state = 'open') as billed`,
    join: sql`join plans ahead
      on ahead.id = case when s.next_plan_at <= s.expires_at then s.next_plan_id else s.plan_id end`,
  };
}

/** What each of these services costs, for customers and staff alike; the prices of all their plans are read at once. */
export async function readPricesOf(
  sql: Sql | ReservedSql,
  rows: readonly Row[],
  today: { now: Date; timeZone: string },
): Promise<(row: Row) => ServicePrices> {
  const pricesOf = await readListPrices(
    sql,
    rows.flatMap((row) => [row.plan_id as PlanId, row.ahead_plan_id as PlanId]),
  );
  return (row) => servicePrices(row, pricesOf, today);
}

/** What it costs now and from when something else, by the rule of the renewal run. */
function servicePrices(
  row: Row,
  pricesOf: Awaited<ReturnType<typeof readListPrices>>,
  { now, timeZone }: { now: Date; timeZone: string },
): ServicePrices {
  const { currency, expires_at: expiresAt, anchor_day: anchorDay } = row;
  const own = pricesOf(row.plan_id, currency);
  const current = priceOfTerm(own, row.runs_since ?? now) ?? priceOfTerm(own, now);
  const price = current && money(current.priceMinor, currency);
  const term: TermLength = { unit: row.term_unit, count: row.term_count };
  const goesOn = (row.state === "active" || row.state === "suspended") && row.cancel_requested_at === null;
  if (!goesOn || expiresAt === null || anchorDay === null) {
    return { price, term, nextPrice: null, isRenewable: false };
  }
  const prices = pricesOf(row.ahead_plan_id, currency);
  const nextTerm: TermLength = { unit: row.ahead_unit, count: row.ahead_count };
  const billed = (row.billed as { from: string; to: string; net: string }[]).map(({ from, to, net }) => ({
    startsAt: new Date(from),
    endsAt: new Date(to),
    priceMinor: BigInt(net),
  }));
  const change = priceChange(
    { expiresAt, anchorDay, term: nextTerm, prices, billed },
    { priceMinor: current?.priceMinor ?? null, term },
    timeZone,
  );
  return {
    price,
    term,
    nextPrice: change && { price: money(change.priceMinor, currency), term: nextTerm, at: change.at },
    isRenewable: (priceOfTerm(prices, expiresAt)?.priceMinor ?? 0n) > 0n,
  };
}
