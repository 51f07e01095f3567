import { type InvoiceId, newId, type PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { type Decision, remainingMinor } from "../decision";
import { byDue } from "../invoice/days-from-due";
import { contentHash } from "./content-hash";
import type { Share } from "./plan";

export interface NewPayment {
  id: PaymentId;
  origin: "customer" | "link" | "staff" | "auto";
  currency: Currency;
  /** The payment whose money it spends, if one brought it. */
  sourcePaymentId?: PaymentId | null;
}

/**
 * Pays shares from what is available, in this decision: transfers, allocations, invoices paid and completed.
 * Shares are drawn one after the other, so that each is chosen over what those before it left.
 */
export function payFromBalanceNow(decision: Decision, payment: NewPayment, shares: Iterable<Share>): void {
  const book = decision.book(payment.currency);
  const paid: Share[] = [];
  for (const share of shares) {
    paid.push(share);
    const transferId = book.transfer({
      debit: "customer_balance",
      credit: "receivable",
      amountMinor: share.balanceMinor,
      reason: "invoice_paid",
      paymentId: payment.id,
      invoiceId: share.invoiceId,
    });
    decision.apply(share.invoiceId, {
      source: "balance",
      paymentId: payment.id,
      amountMinor: share.balanceMinor,
      transferId,
    });
  }
  if (paid.length > 0) addPayment(decision, payment, paid);
}

function addPayment(decision: Decision, payment: NewPayment, shares: readonly Share[]): void {
  const { now, userId } = decision.context;
  const balanceMinor = shares.reduce((total, share) => total + share.balanceMinor, 0n);
  decision.changes.payments.push({
    id: payment.id,
    kind: "invoices",
    funding: "balance",
    origin: payment.origin,
    state: "succeeded",
    currency: payment.currency,
    balance_minor: balanceMinor,
    card_minor: 0n,
    bank_minor: 0n,
    excess_minor: 0n,
    content_hash: contentHash({
      kind: "invoices",
      invoiceIds: shares.map((share) => share.invoiceId),
      balanceMinor,
      cardMinor: 0n,
      excessMinor: 0n,
    }),
    request_key: null,
    request: null,
    user_id: payment.origin === "auto" ? null : userId,
    source_payment_id: payment.sourcePaymentId ?? null,
    send_count: 0,
    first_sent_at: null,
    expires_at: null,
    next_poll_at: null,
    created_at: now,
    ended_at: now,
  });
  for (const share of shares) {
    decision.changes.payment_shares.push({
      payment_id: payment.id,
      invoice_id: share.invoiceId,
      balance_minor: share.balanceMinor,
      card_minor: 0n,
      bank_minor: 0n,
    });
  }
}

/**
 * Settles what waits for money, when money has arrived: first the invoices from which it was begun (whatever their
 * auto-renew), then open auto-renew invoices, oldest due first; each that is covered in full, the others passed over
 * (domain.md, Renewing, "When money arrives"). Claimed invoices are left alone until their payment ends.
 */
export function settleWaiting(
  decision: Decision,
  currency: Currency,
  begunFrom: readonly InvoiceId[],
  sourcePaymentId: PaymentId | null = null,
): void {
  const id = newId<PaymentId>(decision.context.clock);
  decision.byItself(() =>
    payFromBalanceNow(
      decision,
      { id, origin: "auto", currency, sourcePaymentId },
      coveredInOrder(decision, currency, begunFrom),
    ),
  );
}

function* coveredInOrder(
  decision: Decision,
  currency: Currency,
  begunFrom: readonly InvoiceId[],
): Generator<Share> {
  for (const invoice of waitingInOrder(decision, currency, begunFrom)) {
    const dueMinor = remainingMinor(invoice);
    // A later term of a service whose earlier one was passed over is not payable: it would leave a gap.
    if (dueMinor <= decision.book(currency).availableMinor && decision.isPayable(invoice.id)) {
      yield { invoiceId: invoice.id, balanceMinor: dueMinor, cardMinor: 0n };
    }
  }
}

/** The invoices that money arriving may settle, in their order. */
export function waitingInOrder(decision: Decision, currency: Currency, begunFrom: readonly InvoiceId[]) {
  const open = decision
    .allInvoices()
    .filter((invoice) => invoice.state === "open" && invoice.currency === currency && !invoice.claimedBy)
    .sort(byDue);
  const begun = open.filter((invoice) => begunFrom.some((id) => comesWith(decision, invoice.id, id)));
  const automatic = open.filter((invoice) => !begun.includes(invoice) && isAutoRenew(decision, invoice.id));
  return [...begun, ...automatic];
}

/**
 * Whether an invoice is paid with another: it is that one, or of an earlier term of a service that it is for. Money
 * that was asked for the later one was asked for both (domain.md, Renewing, "stated shortfall").
 */
function comesWith(decision: Decision, id: InvoiceId, begunFrom: InvoiceId): boolean {
  if (id === begunFrom) return true;
  return decision.linesOf(begunFrom).some(({ serviceId, termStartsAt }) =>
    decision.linesOf(id).some((earlier) => {
      const isOfService = earlier.kind === "renewal" && earlier.serviceId === serviceId;
      return isOfService && earlier.termStartsAt && termStartsAt && earlier.termStartsAt < termStartsAt;
    }),
  );
}

/** An auto-renew invoice has only renewal lines, all of services with auto-renew on; judged at the moment of paying. */
export function isAutoRenew(decision: Decision, id: InvoiceId): boolean {
  const lines = decision.linesOf(id);
  return (
    decision.invoice(id)?.origin === "renewal" &&
    lines.length > 0 &&
    lines.every((line) => line.kind === "renewal" && decision.service(line.serviceId)?.isAutoRenew)
  );
}
