import type { ReservedSql } from "@/db/client";
import { calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";

/** At most so many invoices take their numbers in one statement (domain.md, The tables). */
export const numbersMost = 1_000;

/** The series of an instant: gapless per prefix and year of the billing time zone. */
export function seriesOf(issuedAt: Date, timeZone: string): { key: string; prefix: string; year: number } {
  const year = Number(calendarDay(issuedAt, timeZone).slice(0, 4));
  return { key: `INV-${year}`, prefix: "INV", year };
}

/** How a number is printed: series and at least six digits. */
export function invoiceNumber(series: string, sequence: bigint): string {
  return `${series}-${sequence.toString().padStart(6, "0")}`;
}

/** Makes the series if this is its first invoice; before the transaction, so that nobody waits for it there. */
export function prepareSeries(sql: ReservedSql, series: ReturnType<typeof seriesOf>) {
  return sql`insert into invoice_series (key, prefix, year) values (${series.key}, ${series.prefix}, ${series.year})
    on conflict (key) do nothing`;
}

/**
 * Takes the next block of a series and gives the invoices their numbers, in the order of the list. The last statement
 * before COMMIT: the series' row is the one row that customers share.
 */
export function numberInvoices(
  sql: ReservedSql,
  series: string,
  invoices: readonly { customerId: CustomerId; id: InvoiceId }[],
) {
  const rows = JSON.stringify(
    invoices.map(({ customerId, id }, index) => ({ customer_id: customerId, id, place: index + 1 })),
  );
  return sql`
    with block as (
      update invoice_series set last_number = last_number + ${invoices.length}::int where key = ${series}
      returning last_number
    ), given as materialized (
      select t.customer_id, t.id, b.last_number - ${invoices.length}::int + t.place as sequence
      from json_to_recordset(${rows}::text::json) as t(customer_id uuid, id uuid, place integer), block b
    ), numbered as (
      update invoices i set number = ${series} || '-' || lpad(g.sequence::text, greatest(6, length(g.sequence::text)), '0')
      from given g where i.customer_id = g.customer_id and i.id = g.id and i.number is null
      returning 1
    ), registered as (
      insert into invoice_numbers (series, sequence, customer_id, invoice_id)
      select ${series}, sequence, customer_id, id from given
    )
    select assert_rows('invoice numbers', (select count(*) from numbered), ${invoices.length}::int::bigint)`;
}
