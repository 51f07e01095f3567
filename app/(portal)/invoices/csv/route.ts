import { paperGiven } from "@/app/paper-given";
import { context } from "@/lib/auth/context";
import { requireCustomerOfFile } from "@/lib/auth/current";
import { calendarDay } from "@/lib/kernel/calendar";
import { csvAnswer } from "@/lib/paper/answer";
import { invoicesCsv } from "@/lib/portal/print-csv";
import { parseInvoiceFilter, queryOf } from "../search-params";

/** All that the list of the same address has, on whatever page. */
export async function GET(request: Request) {
  const { searchParams } = new URL(request.url);
  const actor = await requireCustomerOfFile(request);
  const { clock, settings } = context();
  const content = await invoicesCsv(actor, parseInvoiceFilter(queryOf(searchParams)), paperGiven());
  return csvAnswer(`invoices-${calendarDay(clock.now(), settings.timeZone)}.csv`, content);
}
