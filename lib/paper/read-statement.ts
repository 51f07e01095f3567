import type { ReservedSql } from "@/db/client";
import { movementReason } from "@/lib/billing/payment/movement-reason";
import { addCalendarDays, type CalendarDay, startOfDay } from "@/lib/kernel/calendar";
import type { CustomerId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { billToIn, customerIn, moneyIn } from "./read-facts";
import type { StatementFacts, StatementMovement } from "./shapes";

/** What a statement is of. Days of the billing time zone, both included. */
export interface StatementRange {
  readonly currency: Currency;
  readonly from: CalendarDay;
  readonly to: CalendarDay;
}

/** What a customer is shown is the balance less their debt (domain.md, Words). */
const shown = ["customer_balance", "customer_debt"];

/** Beyond this a paper is no longer read; its figures stay whole, and the CSV has every movement. */
const movementsMost = 2000;

/**
 * Statements go by the balance's sequence number (domain.md): a range of days is the movements after the last one
 * before it, up to the last one within it, so that months join without a gap whatever the clock did.
 */
export async function readStatementFacts(
  sql: ReservedSql,
  customerId: CustomerId,
  range: StatementRange,
  timeZone: string,
): Promise<StatementFacts | null> {
  const [bounds, [customer]] = await Promise.all([
    readBounds(sql, customerId, range, timeZone),
    sql`select name, email, country, address, tax_id, locale, reference from customers where id = ${customerId}`,
  ]);
  if (!customer) return null;
  const movements = await readMovements(sql, customerId, range.currency, bounds, movementsMost);
  const of = moneyIn(range.currency);
  return {
    ...customerIn(customer),
    billTo: billToIn(customer),
    from: range.from,
    to: range.to,
    opening: of(bounds.openingMinor),
    closing: of(bounds.closingMinor),
    movements,
    moreCount: bounds.count - movements.length,
  };
}

export async function readOwnCurrency(sql: ReservedSql, customerId: CustomerId): Promise<Currency> {
  const [row] = await sql`select currency from customers where id = ${customerId}`;
  // Nobody: their statement is not found either.
  return (row?.currency ?? "USD") as Currency;
}

/** Sequence numbers: after `afterSeq`, up to `lastSeq`; what the balance was at `afterSeq` and is at `lastSeq`. */
export interface StatementBounds {
  readonly afterSeq: bigint;
  readonly lastSeq: bigint;
  readonly openingMinor: bigint;
  readonly closingMinor: bigint;
  readonly count: number;
}

export async function readBounds(
  sql: ReservedSql,
  customerId: CustomerId,
  { currency, from, to }: StatementRange,
  timeZone: string,
): Promise<StatementBounds> {
  const [row] = await sql`
    with moved as (
      select seq, occurred_at, case when credit = any(${shown}) then amount_minor else -amount_minor end as minor
      from transfers
      where customer_id = ${customerId} and currency = ${currency} and kind in ('posted', 'post')
        and (debit = any(${shown})) <> (credit = any(${shown}))
    ), bounds as (
      select coalesce(max(seq) filter (where occurred_at < ${startOfDay(from, timeZone)}), 0) as after_seq,
        coalesce(max(seq) filter (where occurred_at < ${startOfDay(addCalendarDays(to, 1), timeZone)}), 0) as last_seq
      from moved
    )
    select b.after_seq, b.last_seq,
      coalesce(sum(m.minor) filter (where m.seq <= b.after_seq), 0)::bigint as opening_minor,
      coalesce(sum(m.minor) filter (where m.seq <= b.last_seq), 0)::bigint as closing_minor,
      (count(*) filter (where m.seq > b.after_seq and m.seq <= b.last_seq))::int as count
    from bounds b left join moved m on true group by b.after_seq, b.last_seq`;
  return {
    afterSeq: row?.after_seq ?? 0n,
    lastSeq: row?.last_seq ?? 0n,
    openingMinor: row?.opening_minor ?? 0n,
    closingMinor: row?.closing_minor ?? 0n,
    count: row?.count ?? 0,
  };
}

/** The first so many movements within the bounds, oldest first, each with the balance that it left. */
export async function readMovements(
  sql: ReservedSql,
  customerId: CustomerId,
  currency: Currency,
  { afterSeq, lastSeq, openingMinor }: Pick<StatementBounds, "afterSeq" | "lastSeq" | "openingMinor">,
  most: number,
): Promise<(StatementMovement & { seq: bigint })[]> {
  const rows = await sql`
    select t.seq, t.occurred_at, t.reason, t.debit, i.number,
      case when t.credit = any(${shown}) then t.amount_minor else -t.amount_minor end as minor
    from transfers t left join invoices i on i.customer_id = t.customer_id and i.id = t.invoice_id
    where t.customer_id = ${customerId} and t.currency = ${currency} and t.kind in ('posted', 'post')
      and (t.debit = any(${shown})) <> (t.credit = any(${shown}))
      and t.seq > ${afterSeq.toString()} and t.seq <= ${lastSeq.toString()}
    order by t.seq limit ${most}`;
  const of = moneyIn(currency);
  let afterMinor = openingMinor;
  return rows.map((row) => {
    afterMinor += row.minor;
    return {
      seq: row.seq,
      occurredAt: row.occurred_at,
      reason: movementReason({ reason: row.reason, debit: row.debit }),
      invoiceNumber: row.number,
      amount: of(row.minor),
      balanceAfter: of(afterMinor),
    };
  });
}
