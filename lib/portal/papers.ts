import { payLinkOf } from "@/lib/billing/payment/pay-link";
import type { World } from "@/lib/billing/world";
import { creditNotePaper } from "@/lib/paper/credit-note-paper";
import { invoicePaper } from "@/lib/paper/invoice-paper";
import { readCreditNoteFacts, readInvoiceFacts } from "@/lib/paper/read-facts";
import { readHost } from "@/lib/paper/read-host";
import { readReceiptFacts } from "@/lib/paper/read-receipt";
import { readOwnCurrency, readStatementFacts } from "@/lib/paper/read-statement";
import { receiptPaper } from "@/lib/paper/receipt-paper";
import type { Paper, PaperGiven } from "@/lib/paper/shapes";
import { statementPaper } from "@/lib/paper/statement-paper";
import type { StatementWish } from "@/lib/paper/statement-range";
import { may } from "./permit";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

// Papers of the actor's own customer, for every member; null for what this customer does not have, whoever else has.
// They are read in one transaction and drawn after it: no connection waits for a paper.

/** Members who may hand on a pay link have it on the paper; others have the page's address. */
export async function printInvoice(
  actor: CustomerActor,
  { number }: { number: string },
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const { customerId } = actor;
  const [host, facts] = await readAs(world, actor, async (sql) => {
    const mayShare = await may(sql, actor, "pay_link.share");
    return Promise.all([
      readHost(sql, given, world.timeZone),
      readInvoiceFacts(sql, customerId, number, async (invoiceId) =>
        mayShare
          ? payLinkOf(world, sql, { customerId, invoiceId })
          : `${world.portalUrl}/invoices/${encodeURIComponent(number)}`,
      ),
    ]);
  });
  return facts && invoicePaper(host, facts, given.wordsOf);
}

export async function printCreditNote(
  actor: CustomerActor,
  { number }: { number: string },
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const [host, facts] = await readAs(world, actor, (sql) =>
    Promise.all([readHost(sql, given, world.timeZone), readCreditNoteFacts(sql, actor.customerId, number)]),
  );
  return facts && creditNotePaper(host, facts, given.wordsOf);
}

/** Of a payment that succeeded. */
export async function printReceipt(
  actor: CustomerActor,
  { paymentId }: { paymentId: string },
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const [host, facts] = await readAs(world, actor, (sql) =>
    Promise.all([readHost(sql, given, world.timeZone), readReceiptFacts(sql, actor.customerId, paymentId)]),
  );
  return facts && receiptPaper(host, facts, given.wordsOf);
}

export async function printStatement(
  actor: CustomerActor,
  wish: StatementWish,
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const { customerId } = actor;
  const [host, facts] = await readAs(world, actor, async (sql) => {
    const currency = wish.currency ?? (await readOwnCurrency(sql, customerId));
    return Promise.all([
      readHost(sql, given, world.timeZone),
      readStatementFacts(sql, customerId, { ...wish, currency }, world.timeZone),
    ]);
  });
  return facts && statementPaper(host, facts, given.wordsOf);
}
