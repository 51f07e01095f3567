import type { Database } from "@/db/client";
import { constraintName, type Transaction, transact } from "@/db/transaction";
import type { CustomerId, InvoiceId, PaymentId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { Decision } from "../decision";
import { earlierOpenInvoices, lockBalances } from "../scene";
import type { World } from "../world";
import { closePayment } from "./close-payment";
import { type BankMoneyLaid, type BankReceipt, decideBankPayment, paymentOf } from "./decide-bank-payment";
import { isRegisteredMeanwhile, knownReceipt, registerReceipt } from "./receipt-registry";
import { seeInvoices, settleWhatWaits } from "./settle-what-waits";

export interface BankPaymentWish {
  customerId: CustomerId;
  receipt: BankReceipt;
  /** What it was sent for; none: all of it becomes balance. */
  invoiceIds: readonly InvoiceId[];
}

export type BankPaymentRefusal =
  | { code: "customer_not_found" }
  /** Nothing is booked on a closed customer: it is recorded as of an unknown sender, and sent back. */
  | { code: "customer_closed" }
  | { code: "invoice_not_found" }
  | { code: "currencies_differ" }
  /** The same receipt was recorded for somebody else. */
  | { code: "receipt_elsewhere"; customerName: string }
  /** It was recorded as of an unknown sender: it is assigned from there. */
  | { code: "receipt_unmatched" }
  /** The form's id is that of another receipt. */
  | { code: "receipt_id_used" };

/** `laid` is null if the receipt was recorded before: it is the same payment, and nothing was booked again. */
export interface BankPaymentRecorded {
  paymentId: PaymentId;
  laid: BankMoneyLaid | null;
}

/**
 * Records money that came by bank, for some invoices or for none. An open external payment of these is closed at Stripe
 * first, where Stripe can; then all of the money is laid down, whatever became of the invoices meanwhile, and what waits
 * for the balance is settled in the same transaction (domain.md, Paying 10; Renewing). Recorded twice it is one payment.
 */
export async function recordBankPayment(
  world: World,
  database: Database,
  wish: BankPaymentWish,
): Promise<Result<BankPaymentRecorded, BankPaymentRefusal>> {
  const { customerId } = wish;
  const { repeated: before, inTheWay } = await transact(database, { customerId }, async (tx) => {
    const repeated = await recordedBefore(tx, wish);
    return { repeated, inTheWay: repeated ? ok([]) : await paymentsInTheWay(world, tx, wish) };
  });
  if (before) return before;
  if (!inTheWay.ok) return inTheWay;
  await closeAll(world, customerId, inTheWay.value);
  try {
    return await transact(database, { customerId }, async (tx) => {
      // Of two at once the second looks when the first is done.
      await lockBalances(tx.sql, customerId);
      const repeated = await recordedBefore(tx, wish);
      if (repeated) return repeated;
      const booked = await bookBankPayment(world, tx, wish);
      if (booked.ok) registerReceipt(tx, wish.receipt);
      return booked;
    });
  } catch (error) {
    if (!isRegisteredMeanwhile(constraintName(error))) throw error;
    const repeated = await transact(database, { customerId }, (tx) => recordedBefore(tx, wish));
    if (!repeated) throw error;
    return repeated;
  }
}

/** What `recordBankPayment` would do with the receipt as things stand, for a question before it. Nothing is written. */
export function previewBankPayment(
  world: World,
  database: Database,
  wish: BankPaymentWish,
): Promise<Result<BankPaymentRecorded, BankPaymentRefusal>> {
  return transact(database, { customerId: wish.customerId }, async (tx) => {
    const repeated = await recordedBefore(tx, wish);
    if (repeated) return repeated;
    const seen = await see(world, tx, wish);
    if (!seen.ok) return seen;
    const { decision, chosen, earlier } = seen.value;
    const laid = decideBankPayment(decision, wish.receipt, [...chosen, ...earlier]);
    return ok({ paymentId: paymentOf(wish.receipt), laid });
  });
}

/** What is under way at Stripe on the chosen invoices, or why the receipt cannot be booked: then nothing is closed for it. */
export async function paymentsInTheWay(
  world: World,
  tx: Transaction,
  wish: BankPaymentWish,
): Promise<Result<PaymentId[], BankPaymentRefusal>> {
  const seen = await see(world, tx, wish);
  if (!seen.ok) return seen;
  const { decision, chosen } = seen.value;
  return ok([...new Set(chosen.flatMap((id) => decision.invoice(id)?.claimedBy ?? []))].sort());
}

/** Ends payments at Stripe. What was paid there, or cannot be ended, stays as it is. */
export async function closeAll(
  world: World,
  customerId: CustomerId,
  paymentIds: readonly PaymentId[],
): Promise<void> {
  for (const paymentId of paymentIds) await closePayment(world, { customerId, paymentId });
}

interface Seen {
  decision: Decision;
  chosen: InvoiceId[];
  earlier: InvoiceId[];
}

/** Books the receipt on the customer, under its locks; the caller has seen to it that it is recorded once. */
export async function bookBankPayment(
  world: World,
  tx: Transaction,
  wish: BankPaymentWish,
): Promise<Result<BankPaymentRecorded, BankPaymentRefusal>> {
  const seen = await see(world, tx, wish);
  if (!seen.ok) return seen;
  const { decision, chosen, earlier } = seen.value;
  const { receipt } = wish;
  const laid = decideBankPayment(decision, receipt, [...chosen, ...earlier]);
  const paymentId = paymentOf(receipt);
  await settleWhatWaits(tx, decision, receipt.amount.currency, [], paymentId);
  return ok({ paymentId, laid });
}

/** Locks the customer's money and the invoices, and says what stands against the receipt. */
async function see(
  world: World,
  tx: Transaction,
  wish: BankPaymentWish,
): Promise<Result<Seen, BankPaymentRefusal>> {
  const { customerId, receipt, invoiceIds } = wish;
  const { sql } = tx;
  const [[customer], balances] = await Promise.all([
    sql`select closed_at from customers where id = ${customerId} and not is_house`,
    lockBalances(sql, customerId),
  ]);
  if (!customer) return refuse({ code: "customer_not_found" });
  if (customer.closed_at) return refuse({ code: "customer_closed" });
  const { clock, timeZone } = world;
  const context = {
    customerId,
    now: clock.now(),
    clock,
    timeZone,
    actor: "staff" as const,
    userId: receipt.userId,
  };
  const decision = new Decision(context, balances);
  const chosen = [...new Set(invoiceIds)];
  const earlier = chosen.length === 0 ? [] : await earlierOpenInvoices(sql, customerId, chosen);
  await seeInvoices(tx, decision, [...chosen, ...earlier]);
  const seen = chosen.map((id) => decision.invoice(id));
  if (seen.some((invoice) => !invoice)) return refuse({ code: "invoice_not_found" });
  const { currency } = receipt.amount;
  if (seen.some((invoice) => invoice?.currency !== currency)) return refuse({ code: "currencies_differ" });
  return ok({ decision, chosen, earlier });
}

async function recordedBefore(
  tx: Transaction,
  { customerId, receipt }: BankPaymentWish,
): Promise<Result<BankPaymentRecorded, BankPaymentRefusal> | null> {
  const known = await knownReceipt(tx.sql, receipt);
  if (!known) return null;
  if (!known.isSame) return refuse({ code: "receipt_id_used" });
  if (known.customerId === null) return refuse({ code: "receipt_unmatched" });
  if (known.customerId !== customerId)
    return refuse({ code: "receipt_elsewhere", customerName: known.customerName });
  return ok({ paymentId: paymentOf(receipt), laid: null });
}
