import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { payLinkOf } from "@/lib/billing/payment/pay-link";
import type { CustomerId } from "@/lib/kernel/id";
import { creditNotePaper } from "@/lib/paper/credit-note-paper";
import { invoicePaper } from "@/lib/paper/invoice-paper";
import { readCreditNoteFacts, readInvoiceFacts } from "@/lib/paper/read-facts";
import { readHost } from "@/lib/paper/read-host";
import { readReceiptFacts } from "@/lib/paper/read-receipt";
import { readOwnCurrency, readStatementFacts } from "@/lib/paper/read-statement";
import { receiptPaper } from "@/lib/paper/receipt-paper";
import type { Host, Paper, PaperGiven } from "@/lib/paper/shapes";
import { statementPaper } from "@/lib/paper/statement-paper";
import type { StatementWish } from "@/lib/paper/statement-range";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

// The papers that the customer gets, of the customer with this reference; null if there is none, or none such. Every
// role of staff may read them.

/** Roles that may make pay links have one on the paper; others the page's address. */
export async function printInvoice(
  actor: StaffActor,
  { reference, number }: { reference: string; number: string },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  const mayShare = mayStaff(actor.role, "pay_link.renew");
  const found = await readOf(world, reference, given, (sql, customerId) =>
    readInvoiceFacts(sql, customerId, number, async (invoiceId) =>
      mayShare
        ? payLinkOf(world, sql, { customerId, invoiceId })
        : `${world.portalUrl}/invoices/${encodeURIComponent(number)}`,
    ),
  );
  return found && invoicePaper(found.host, found.facts, given.wordsOf);
}

export async function printCreditNote(
  _actor: StaffActor,
  { reference, number }: { reference: string; number: string },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  const found = await readOf(world, reference, given, (sql, customerId) =>
    readCreditNoteFacts(sql, customerId, number),
  );
  return found && creditNotePaper(found.host, found.facts, given.wordsOf);
}

export async function printReceipt(
  _actor: StaffActor,
  { reference, paymentId }: { reference: string; paymentId: string },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  const found = await readOf(world, reference, given, (sql, customerId) =>
    readReceiptFacts(sql, customerId, paymentId),
  );
  return found && receiptPaper(found.host, found.facts, given.wordsOf);
}

export async function printStatement(
  _actor: StaffActor,
  { reference, wish }: { reference: string; wish: StatementWish },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  const found = await readOf(world, reference, given, async (sql, customerId) => {
    const currency = wish.currency ?? (await readOwnCurrency(sql, customerId));
    return readStatementFacts(sql, customerId, { ...wish, currency }, world.timeZone);
  });
  return found && statementPaper(found.host, found.facts, given.wordsOf);
}

function readOf<T>(
  world: StaffWorld,
  reference: string,
  given: PaperGiven,
  read: (sql: ReservedSql, customerId: CustomerId) => Promise<T | null>,
): Promise<{ host: Host; facts: T } | null> {
  if (reference.includes("\0")) return Promise.resolve(null);
  return transact(world.staff, {}, async ({ sql }) => {
    const [customer] =
      await sql`select id from customers where reference = ${reference} and not is_house limit 1`;
    if (!customer) return null;
    const [host, facts] = await Promise.all([
      readHost(sql, given, world.timeZone),
      read(sql, customer.id as CustomerId),
    ]);
    return facts && { host, facts };
  });
}
