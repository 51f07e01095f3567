import type { ReservedSql } from "@/db/client";
import { calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId } from "@/lib/kernel/id";

/** At most so many invoices take their numbers in one statement (domain.md, The tables). */
export const numbersMost = 1_000;

export interface Series {
  key: string;
  prefix: string;
  year: number;
}

/** The series of an instant: gapless per prefix and year of the billing time zone. */
export function seriesOf(issuedAt: Date, timeZone: string, prefix: "INV" | "CN" = "INV"): Series {
  const year = Number(calendarDay(issuedAt, timeZone).slice(0, 4));
  return { key: `${prefix}-${year}`, prefix, year };
}

/** How a number is printed: series and at least six digits. */
export function invoiceNumber(series: string, sequence: bigint): string {
  return `${series}-${sequence.toString().padStart(6, "0")}`;
}

/** Makes the series if this is its first invoice; before the transaction, so that nobody waits for it there. */
export function prepareSeries(sql: ReservedSql, series: Series) {
  return sql`insert into invoice_series (key, prefix, year) values (${series.key}, ${series.prefix}, ${series.year})
    on conflict (key) do nothing`;
}

interface Numbered {
  customerId: CustomerId;
  id: string;
}

/** Gives invoices their numbers, in the order of the list; see takeNumbers. */
export function numberInvoices(sql: ReservedSql, series: string, invoices: readonly Numbered[]) {
  return takeNumbers(
    sql,
    { table: "invoices", registry: "invoice_numbers", column: "invoice_id" },
    series,
    invoices,
  );
}

/** Gives credit notes their numbers, in the order of the list; see takeNumbers. */
export function numberCreditNotes(sql: ReservedSql, series: string, notes: readonly Numbered[]) {
  const place = { table: "credit_notes", registry: "credit_note_numbers", column: "credit_note_id" };
  return takeNumbers(sql, place, series, notes);
}

/**
 * Takes the next block of a series, sets the numbers and registers them. The last statement before COMMIT: the series'
 * row is the one row that customers share, and this is how long it is locked.
 */
function takeNumbers(
  sql: ReservedSql,
  { table, registry, column }: { table: string; registry: string; column: string },
  series: string,
  rows: readonly Numbered[],
) {
  const count = rows.length;
  const customers = rows.map(({ customerId }) => customerId);
  const ids = rows.map(({ id }) => id);
  // As "is null" it would be sought in the numbers' index, where it once matched every row, instead of by their keys.
  return sql`
    with block as (
      update invoice_series set last_number = last_number + ${count}::int where key = ${series}
      returning last_number
    ), given as materialized (
      select t.customer_id, t.id, b.last_number - ${count}::int + t.place::int as sequence
      from unnest(${customers}::uuid[], ${ids}::uuid[]) with ordinality as t(customer_id, id, place), block b
    ), numbered as (
      update ${sql(table)} i
      set number = ${series} || '-' || lpad(g.sequence::text, greatest(6, length(g.sequence::text)), '0')
      from given g where i.customer_id = g.customer_id and i.id = g.id and coalesce(i.number, '') = ''
      returning 1
    ), registered as (
      insert into ${sql(registry)} (series, sequence, customer_id, ${sql(column)})
      select ${series}, sequence, customer_id, id from given
    )
    select assert_rows('numbers', (select count(*) from numbered), ${count}::int::bigint)`;
}
