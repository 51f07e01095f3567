import type { Transaction } from "@/db/transaction";
import type { InvoiceId, PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Decision } from "../decision";
import { lockInvoices, lockLines } from "../scene";
import { settleWaiting } from "./balance-payment";
import { payDebt, readDebt } from "./debt";
import { keepFreedMoney } from "./freed-money";
import { write } from "./write";

/**
 * The end of every decision by which money may have become available (a top-up, an excess, a closed invoice, a released
 * hold, goodwill, a voided invoice): what its charge's dispute has a right to is kept, debt is paid, what waits for money is
 * settled with the rest, and all of it is written, in one transaction.
 * `begunFrom` comes first, whatever its auto-renew; `sourcePaymentId` is the payment that brought the money.
 */
export async function settleWhatWaits(
  tx: Transaction,
  decision: Decision,
  currency: Currency,
  begunFrom: readonly InvoiceId[] = [],
  sourcePaymentId: PaymentId | null = null,
): Promise<void> {
  const { customerId } = decision.context;
  await keepFreedMoney(tx, decision);
  if (decision.book(currency).availableMinor > 0n) {
    const [owedMinor, rows] = await Promise.all([
      readDebt(tx.sql, customerId, currency),
      tx.sql`
      select id from invoices where customer_id = ${customerId} and state = 'open' and currency = ${currency}
        and (origin = 'renewal' or id = any(${[...begunFrom]}::uuid[]))`,
    ]);
    payDebt(decision, currency, owedMinor, sourcePaymentId);
    await seeInvoices(
      tx,
      decision,
      rows.map((row) => row.id as InvoiceId),
    );
    const before = decision.changes.payments.length;
    settleWaiting(decision, currency, begunFrom, sourcePaymentId);
    // Where a payment brought the money its own receipt says what was settled; else nobody would be told.
    const payment = decision.changes.payments[before];
    if (payment && !hasReceipt(decision, sourcePaymentId)) {
      decision.tell("renewal.paid", { paymentId: payment.id });
    }
  }
  write(tx, customerId, decision);
}

/** A payment that came to nothing released what it held, and one that succeeded late was over: neither has a receipt. */
function hasReceipt(decision: Decision, paymentId: PaymentId | null): boolean {
  return decision.changes.outbox.some(
    ({ topic, payload }) => topic === "payment.succeeded" && payload.paymentId === paymentId,
  );
}

/**
 * Lets the balance pay what waits for it and was seen, by no payment that has a receipt of its own: it is told as renewed.
 * The caller writes the decision.
 */
export function settleAndTell(decision: Decision, currency: Currency): void {
  const before = decision.changes.payments.length;
  settleWaiting(decision, currency, []);
  const payment = decision.changes.payments[before];
  if (payment) decision.tell("renewal.paid", { paymentId: payment.id });
}

/** Locks invoices with what they bring, and shows them to the decision. */
export async function seeInvoices(
  tx: Transaction,
  decision: Decision,
  ids: readonly InvoiceId[],
): Promise<void> {
  if (ids.length === 0) return;
  const { customerId } = decision.context;
  const [invoices, read] = await Promise.all([
    lockInvoices(tx.sql, customerId, ids),
    lockLines(tx.sql, customerId, ids),
  ]);
  decision.see({ invoices, ...read });
}
