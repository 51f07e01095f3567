import type { ChargeId, InvoiceId, PaymentId } from "@/lib/kernel/id";
import { uuidv7 } from "@/lib/kernel/id";
import type { Changes } from "../changes";
import { type Decision, remainingMinor } from "../decision";

/** Money of one payment that lies on an invoice. Minor units. */
export interface MoneyOnInvoice {
  readonly invoiceId: InvoiceId;
  readonly paymentId: PaymentId;
  readonly source: "balance" | "card" | "bank";
  /** That brought it; null of what came from the balance or by bank. */
  readonly chargeId: ChargeId | null;
  readonly amountMinor: bigint;
}

export interface VoidWish {
  readonly reason: Changes["credit_notes"][number]["reason"];
  readonly note: string;
  /** What the invoice was issued for, net and tax. Minor units. */
  readonly netMinor: bigint;
  readonly taxMinor: bigint;
  readonly renewals: RenewalFate;
}

/**
 * What becomes of the renewals that a void invoice billed: `declined`, never issued again; `due_as_before`, due again in their
 * time but for what was declined once; `due`, also what was declined, as staff say; `lapsed` with their service; `kept`, issued
 * anew in the same decision, and their services go on.
 */
export type RenewalFate = "declined" | "due_as_before" | "due" | "lapsed" | "kept";

/**
 * Voids an open invoice: money already on it goes back to the balance, then nothing is owed, and a credit note says so.
 * An order that waited is canceled; a renewal is declined, so that the run never issues it again, or due again where only
 * this invoice for it is over, or has lapsed with its service (domain.md, Cancelling; States). Returns the credit note's id; its
 * number is taken by the last statement.
 */
export function decideVoid(
  decision: Decision,
  id: InvoiceId,
  wish: VoidWish,
  moneyOnIt: readonly MoneyOnInvoice[],
): string {
  const invoice = decision.invoice(id);
  if (invoice?.state !== "open") throw new Error("only an open invoice is voided");
  for (const money of moneyOnIt) giveBack(decision, id, money);
  const book = decision.book(invoice.currency);
  const openMinor = remainingMinor(invoice);
  const entry = { credit: "receivable" as const, invoiceId: id, reason: "invoice_voided" as const };
  if (wish.netMinor > 0n) book.transfer({ ...entry, debit: "deferred_revenue", amountMinor: wish.netMinor });
  if (wish.taxMinor > 0n) book.transfer({ ...entry, debit: "tax_payable", amountMinor: wish.taxMinor });
  invoice.state = "void";
  invoice.amountCreditedMinor += openMinor;
  if (wish.renewals !== "kept") endLines(decision, id, wish.renewals);

  const creditNoteId = uuidv7(decision.context.clock);
  decision.changes.credit_notes.push({
    id: creditNoteId,
    invoice_id: id,
    reason: wish.reason,
    note: wish.note,
    currency: invoice.currency,
    net_minor: wish.netMinor,
    tax_minor: wish.taxMinor,
    total_minor: wish.netMinor + wish.taxMinor,
    user_id: decision.context.userId,
    issued_at: decision.context.now,
  });
  decision.record({
    subject: "invoice",
    subjectId: id,
    verb: `invoice_${wish.reason}`,
    detail: { note: wish.note },
  });
  decision.tell("invoice.voided", { invoiceId: id, number: invoice.number });
  return creditNoteId;
}

function giveBack(decision: Decision, id: InvoiceId, money: MoneyOnInvoice): void {
  const invoice = decision.invoice(id);
  if (!invoice) throw new Error("the invoice was read");
  const transferId = decision.book(invoice.currency).transfer({
    debit: "receivable",
    credit: "customer_balance",
    amountMinor: money.amountMinor,
    reason: "invoice_returned",
    paymentId: money.paymentId,
    invoiceId: id,
  });
  freeCardMoney(decision, money);
  invoice.amountPaidMinor -= money.amountMinor;
  decision.changes.allocations.push({
    id: uuidv7(decision.context.clock),
    payment_id: money.paymentId,
    invoice_id: id,
    transfer_id: transferId,
    source: money.source,
    amount_minor: -money.amountMinor,
    created_at: decision.context.now,
  });
}

/** Money that comes off an invoice onto the balance: a card's was perhaps taken back by its bank. */
export function freeCardMoney(
  decision: Decision,
  { chargeId, amountMinor }: Pick<MoneyOnInvoice, "chargeId" | "amountMinor">,
): void {
  if (chargeId) decision.free(chargeId, { arrivedMinor: amountMinor, standsLessMinor: amountMinor });
}

function endLines(decision: Decision, id: InvoiceId, renewals: Exclude<RenewalFate, "kept">): void {
  for (const line of decision.linesOf(id)) {
    const service = decision.service(line.serviceId);
    if (line.kind === "order" && service?.state === "pending") {
      decision.changeService({ ...service, state: "canceled" });
      decision.record({ subject: "service", subjectId: line.serviceId, verb: "service_canceled" });
      decision.tell("service.canceled", { serviceId: line.serviceId });
    }
    if (line.renewalId) {
      // Cancelled once, it is never billed but by hand: that this came to nothing does not make it due.
      const becomes = renewals === "due_as_before" ? (line.wasDeclined ? "declined" : "due") : renewals;
      decision.changes.renewalStates.push({
        id: line.renewalId,
        from_state: line.renewalState ?? "invoiced",
        state: becomes,
      });
      if (renewals !== "declined") continue;
      decision.record({ subject: "service", subjectId: line.serviceId, verb: "renewal_declined" });
    }
  }
}
