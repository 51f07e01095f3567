import type { CalendarDay } from "@/lib/kernel/calendar";
import type { BankReceiptId, InvoiceId, PaymentId, UserId } from "@/lib/kernel/id";
import type { Money } from "@/lib/kernel/money";
import { type Decision, remainingMinor } from "../decision";
import { byDue } from "../invoice/days-from-due";
import { contentHash } from "./content-hash";

/** Money that came by bank, as the host's bank statement has it. Its id is made by the form, and is also its payment's. */
export interface BankReceipt {
  readonly id: BankReceiptId;
  readonly amount: Money;
  /** The day on which the bank has had it. */
  readonly valueDate: CalendarDay;
  readonly reference: string;
  /** Who the bank says sent it; may be empty. */
  readonly sender: string;
  /** Who of staff recorded it. */
  readonly userId: UserId;
}

/** What became of a receipt. Minor units of its currency. */
export interface BankMoneyLaid {
  readonly onInvoices: readonly { number: string; amountMinor: bigint; isPaid: boolean }[];
  readonly toBalanceMinor: bigint;
}

/**
 * Lays money that came by bank on open invoices, oldest due first, as far as it reaches; what is too much, or meant for
 * an invoice that is no longer open, becomes balance, and none of it is ever refused (domain.md, Paying 10). The
 * decision has seen the invoices. What waits for the balance is settled by the caller, in the same transaction.
 */
export function decideBankPayment(
  decision: Decision,
  receipt: BankReceipt,
  invoiceIds: readonly InvoiceId[],
): BankMoneyLaid {
  const { amount, valueDate } = receipt;
  const paymentId = paymentOf(receipt);
  const book = decision.book(amount.currency);
  const entry = { debit: "bank" as const, paymentId, bankReceiptId: receipt.id, valueDate };
  let leftMinor = amount.minor;
  const shares: { invoiceId: InvoiceId; minor: bigint }[] = [];
  for (const invoiceId of inOrder(decision, invoiceIds)) {
    const invoice = decision.invoice(invoiceId);
    if (leftMinor === 0n || invoice?.state !== "open") continue;
    if (!decision.isPayable(invoiceId)) {
      decision.askStaff("line_not_completable", "invoice", invoiceId, { paymentId });
      continue;
    }
    const dueMinor = remainingMinor(invoice);
    const amountMinor = dueMinor < leftMinor ? dueMinor : leftMinor;
    const transferId = book.transfer({
      ...entry,
      credit: "receivable",
      amountMinor,
      reason: "invoice_paid",
      invoiceId,
    });
    decision.apply(invoiceId, { source: "bank", paymentId, amountMinor, transferId });
    decision.record({
      subject: "invoice",
      subjectId: invoiceId,
      verb: "bank_payment_recorded",
      detail: { paymentId, amountMinor: amountMinor.toString(), currency: amount.currency },
    });
    shares.push({ invoiceId, minor: amountMinor });
    leftMinor -= amountMinor;
  }
  if (leftMinor > 0n) {
    const isForInvoices = invoiceIds.length > 0;
    const reason = !isForInvoices ? "top_up" : shares.length > 0 ? "excess" : "invoice_closed";
    book.transfer({ ...entry, credit: "customer_balance", amountMinor: leftMinor, reason });
  }
  addBankPayment(decision, receipt, shares, leftMinor);
  return {
    onInvoices: shares.map(({ invoiceId, minor }) => ({
      number: decision.invoice(invoiceId)?.number ?? "",
      amountMinor: minor,
      isPaid: decision.invoice(invoiceId)?.state === "paid",
    })),
    toBalanceMinor: leftMinor,
  };
}

/** A receipt's payment has its id. */
export function paymentOf(receipt: Pick<BankReceipt, "id">): PaymentId {
  return receipt.id as string as PaymentId;
}

/** The row of a receipt on the customer whose it is, with its payment, or without while nobody knows. */
export function receiptRow(decision: Decision, receipt: BankReceipt, paymentId: PaymentId | null) {
  return {
    id: receipt.id,
    payment_id: paymentId,
    currency: receipt.amount.currency,
    amount_minor: receipt.amount.minor,
    value_date: receipt.valueDate,
    reference: receipt.reference,
    sender: receipt.sender,
    user_id: receipt.userId,
    recorded_at: decision.context.now,
  };
}

function addBankPayment(
  decision: Decision,
  receipt: BankReceipt,
  shares: readonly { invoiceId: InvoiceId; minor: bigint }[],
  leftMinor: bigint,
): void {
  const { changes, context } = decision;
  const { now } = context;
  const id = paymentOf(receipt);
  const isForInvoices = shares.length > 0;
  const kind = isForInvoices ? "invoices" : "top_up";
  const excessMinor = isForInvoices ? leftMinor : 0n;
  changes.payments.push({
    id,
    kind,
    funding: "bank",
    origin: "staff",
    state: "succeeded",
    currency: receipt.amount.currency,
    balance_minor: 0n,
    card_minor: 0n,
    bank_minor: receipt.amount.minor,
    excess_minor: excessMinor,
    content_hash: contentHash({
      kind,
      invoiceIds: shares.map(({ invoiceId }) => invoiceId),
      balanceMinor: 0n,
      cardMinor: receipt.amount.minor,
      excessMinor,
    }),
    request_key: null,
    request: null,
    user_id: context.userId,
    send_count: 0,
    first_sent_at: null,
    expires_at: null,
    next_poll_at: null,
    created_at: now,
    ended_at: now,
  });
  for (const { invoiceId, minor } of shares) {
    changes.payment_shares.push({
      payment_id: id,
      invoice_id: invoiceId,
      balance_minor: 0n,
      card_minor: 0n,
      bank_minor: minor,
    });
  }
  changes.bank_receipts.push(receiptRow(decision, receipt, id));
  decision.record({
    subject: "payment",
    subjectId: id,
    verb: "bank_payment_recorded",
    detail: {
      amountMinor: receipt.amount.minor.toString(),
      currency: receipt.amount.currency,
      reference: receipt.reference,
      valueDate: receipt.valueDate,
      sender: receipt.sender,
    },
  });
  decision.tell("payment.succeeded", { paymentId: id });
}

function inOrder(decision: Decision, ids: readonly InvoiceId[]): InvoiceId[] {
  const dated = (id: InvoiceId) => ({ id, dueOn: decision.invoice(id)?.dueOn });
  return [...ids].sort((a, b) => byDue(dated(a), dated(b)));
}
