import { transact } from "@/db/transaction";
import { numberCreditNotes, prepareSeries, seriesOf } from "@/lib/billing/invoice/number-invoices";
import { lockBalances } from "@/lib/billing/scene";
import { calendarDay } from "@/lib/kernel/calendar";
import { type CustomerId, type Id, type InvoiceId, newId, type TransferId } from "@/lib/kernel/id";
import { Book } from "@/lib/ledger/book";
import { postBooks } from "@/lib/ledger/post-book";
import type { TestWorld } from "./world";

/**
 * Voids an open invoice on which there is no money, though a payment claims it: what no use case does, and what a
 * payment that comes to its end must nevertheless cope with. The books balance afterwards.
 */
export async function voidInvoiceBehindItsClaim(
  world: TestWorld,
  customerId: CustomerId,
  invoiceId: InvoiceId,
): Promise<void> {
  const now = world.clock.now();
  const series = seriesOf(now, world.timeZone, "CN");
  const creditNoteId = newId<Id<"creditNote">>(world.clock);
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    const balances = await lockBalances(sql, customerId);
    const [invoice] = await sql`
      update invoices set state = 'void', amount_credited_minor = total_minor
      where customer_id = ${customerId} and id = ${invoiceId} and state = 'open' and amount_paid_minor = 0
      returning currency, net_minor, tax_minor`;
    const balance = balances.find(({ currency }) => currency === invoice?.currency);
    if (!invoice || !balance) throw new Error("an open invoice without money on it is voided");
    const newTransferId = () => newId<TransferId>(world.clock);
    const book = new Book(customerId, balance, {
      now,
      valueDate: calendarDay(now, world.timeZone),
      newId: newTransferId,
    });
    const parts = [
      { debit: "deferred_revenue" as const, amountMinor: invoice.net_minor as bigint },
      { debit: "tax_payable" as const, amountMinor: invoice.tax_minor as bigint },
    ];
    for (const part of parts.filter(({ amountMinor }) => amountMinor > 0n)) {
      book.transfer({ ...part, credit: "receivable", invoiceId, reason: "invoice_closed" });
    }
    await postBooks(sql, [book.changes()]);
    await sql`
      insert into credit_notes (customer_id, id, invoice_id, reason, currency, net_minor, tax_minor, total_minor, issued_at)
      select customer_id, ${creditNoteId}, id, 'voided', currency, net_minor, tax_minor, total_minor, ${now}
      from invoices where customer_id = ${customerId} and id = ${invoiceId}`;
    await prepareSeries(sql, series);
    await numberCreditNotes(sql, series.key, [{ customerId, id: creditNoteId }]);
  });
}
