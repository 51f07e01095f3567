import type { InvoiceId } from "@/lib/kernel/id";
import { uuidv7 } from "@/lib/kernel/id";
import type { Decision } from "../decision";
import { freeCardMoney, type MoneyOnInvoice } from "./decide-void";

/**
 * Credits a part of a paid invoice and gives it back to the balance: a credit note, negative allocations on the payments
 * that lie on it, and refund_payable passed through in the same decision (domain.md, Cancelling; The ledger). The invoice
 * stays paid, and its terms stand. Returns the note's id; its number is taken by the last statement. Minor units.
 */
export function creditPaid(
  decision: Decision,
  id: InvoiceId,
  { netMinor, taxMinor, note }: { netMinor: bigint; taxMinor: bigint; note: string },
  moneyOnIt: readonly MoneyOnInvoice[],
): string {
  const invoice = decision.invoice(id);
  if (invoice?.state !== "paid") throw new Error("only what is paid is given back");
  const totalMinor = netMinor + taxMinor;
  const book = decision.book(invoice.currency);
  const entry = { credit: "refund_payable" as const, invoiceId: id, reason: "invoice_credited" as const };
  if (netMinor > 0n) book.transfer({ ...entry, debit: "deferred_revenue", amountMinor: netMinor });
  if (taxMinor > 0n) book.transfer({ ...entry, debit: "tax_payable", amountMinor: taxMinor });
  let leftMinor = totalMinor;
  for (const money of moneyOnIt) {
    const amountMinor = money.amountMinor < leftMinor ? money.amountMinor : leftMinor;
    if (amountMinor === 0n) break;
    const transferId = book.transfer({
      debit: "refund_payable",
      credit: "customer_balance",
      amountMinor,
      reason: "credit_to_balance",
      paymentId: money.paymentId,
      invoiceId: id,
    });
    decision.changes.allocations.push({
      id: uuidv7(decision.context.clock),
      payment_id: money.paymentId,
      invoice_id: id,
      transfer_id: transferId,
      source: money.source,
      amount_minor: -amountMinor,
      created_at: decision.context.now,
    });
    freeCardMoney(decision, { ...money, amountMinor });
    leftMinor -= amountMinor;
  }
  if (leftMinor !== 0n) throw new Error("no more is given back than lies on the invoice");
  invoice.amountPaidMinor -= totalMinor;
  invoice.amountCreditedMinor += totalMinor;
  const creditNoteId = uuidv7(decision.context.clock);
  decision.changes.credit_notes.push({
    id: creditNoteId,
    invoice_id: id,
    reason: "changed",
    note,
    currency: invoice.currency,
    net_minor: netMinor,
    tax_minor: taxMinor,
    total_minor: totalMinor,
    user_id: decision.context.userId,
    issued_at: decision.context.now,
  });
  decision.record({
    subject: "invoice",
    subjectId: id,
    verb: "invoice_credited",
    detail: { amountMinor: totalMinor.toString(), currency: invoice.currency },
  });
  decision.tell("invoice.credited", { invoiceId: id });
  return creditNoteId;
}
