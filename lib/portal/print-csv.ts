import type { World } from "@/lib/billing/world";
import { calendarDay } from "@/lib/kernel/calendar";
import { type Money, toDecimal } from "@/lib/kernel/money";
import { byteOrderMark, csvRow, csvStream } from "@/lib/paper/csv";
import { readBounds, readMovements, readOwnCurrency } from "@/lib/paper/read-statement";
import type { PaperGiven } from "@/lib/paper/shapes";
import { reasonOf } from "@/lib/paper/statement-paper";
import type { StatementWish } from "@/lib/paper/statement-range";
import { wordsIn } from "@/lib/paper/words";
import { readInvoiceRows } from "./list-invoices";
import { readAs } from "./scoped";
import type { CustomerActor, InvoiceFilter } from "./shapes";
import { portalWorld } from "./world";

/** Rows that are read and sent at a time: what a download of any length has in memory. */
const rowsPerBatchNormally = 1000;

const plain = (text: string) => ({ plain: text });
const decimal = (amount: Money) => plain(toDecimal(amount));

/** All invoices that a list shows, whatever its page: the first row names the columns. Each batch is authorized anew. */
export async function invoicesCsv(
  actor: CustomerActor,
  filter: InvoiceFilter,
  { messagesOf }: PaperGiven,
  world: World = portalWorld(),
  rowsPerBatch = rowsPerBatchNormally,
): Promise<ReadableStream<Uint8Array>> {
  const locale = await localeOf(world, actor);
  const words = wordsIn(locale, messagesOf(locale));
  const dayOf = (at: Date) => plain(calendarDay(at, world.timeZone));
  const columns = ["number", "summary", "issued", "due", "state", "currency", "total", "remaining"];
  async function* batches() {
    yield byteOrderMark + csvRow(columns.map((column) => words(`paper.csv.${column}`)));
    for (let cursor: string | null = null; ; ) {
      const asked: InvoiceFilter = { ...filter, cursor };
      const { rows, next } = await readInvoiceRows(actor, asked, rowsPerBatch, world);
      yield rows
        .map((row) =>
          csvRow([
            row.number,
            row.summary,
            dayOf(row.issuedAt),
            plain(row.dueOn),
            words(`status.${row.status}`),
            row.total.currency,
            decimal(row.total),
            decimal(row.remaining),
          ]),
        )
        .join("");
      if (!next || rows.length === 0) return;
      cursor = next;
    }
  }
  return csvStream(batches());
}

/** The movements of a balance from one day to another, oldest first, each with the balance that it left. */
export async function statementCsv(
  actor: CustomerActor,
  wish: StatementWish,
  { messagesOf }: PaperGiven,
  world: World = portalWorld(),
  rowsPerBatch = rowsPerBatchNormally,
): Promise<{ fileName: string; content: ReadableStream<Uint8Array> }> {
  const { customerId } = actor;
  const { range, bounds } = await readAs(world, actor, async (sql) => {
    const currency = wish.currency ?? (await readOwnCurrency(sql, customerId));
    const range = { ...wish, currency };
    return { range, bounds: await readBounds(sql, customerId, range, world.timeZone) };
  });
  const locale = await localeOf(world, actor);
  const words = wordsIn(locale, messagesOf(locale));
  const columns = ["date", "reason", "invoice", "currency", "amount", "after"];
  async function* batches() {
    yield byteOrderMark + csvRow(columns.map((column) => words(`paper.csv.${column}`)));
    let rest = bounds;
    while (rest.afterSeq < rest.lastSeq) {
      const from = rest;
      const rows = await readAs(world, actor, (sql) =>
        readMovements(sql, customerId, range.currency, from, rowsPerBatch),
      );
      const last = rows.at(-1);
      if (!last) return;
      yield rows
        .map((row) =>
          csvRow([
            plain(calendarDay(row.occurredAt, world.timeZone)),
            reasonOf(words, { ...row, invoiceNumber: null }),
            row.invoiceNumber ?? "",
            range.currency,
            decimal(row.amount),
            decimal(row.balanceAfter),
          ]),
        )
        .join("");
      rest = { ...rest, afterSeq: last.seq, openingMinor: last.balanceAfter.minor };
    }
  }
  return {
    fileName: `statement-${range.currency}-${range.from}-${range.to}.csv`,
    content: csvStream(batches()),
  };
}

function localeOf(world: World, actor: CustomerActor): Promise<string> {
  return readAs(world, actor, async (sql) => {
    const [row] = await sql`select locale from customers where id = ${actor.customerId}`;
    return row?.locale ?? "en";
  });
}
