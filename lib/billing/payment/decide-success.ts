import type { Charge } from "@/lib/gateway/port";
import { assert } from "@/lib/kernel/assert";
import { type ChargeId, type InvoiceId, newId } from "@/lib/kernel/id";
import { isCurrency } from "@/lib/kernel/money";
import type { OpenHold } from "@/lib/ledger/book";
import { type Decision, remainingMinor } from "../decision";
import { byDue } from "../invoice/days-from-due";
import type { PaymentRecord } from "../scene";
import type { Share } from "./plan";
import { type FinalPaymentState, isFinal } from "./states";

/** What is known of an external payment under its locks. */
export interface PaymentScene {
  readonly payment: PaymentRecord;
  readonly shares: readonly Share[];
  readonly holds: readonly OpenHold[];
  /** Stripe's ids of the charges booked for it already. */
  readonly bookedCharges: readonly string[];
}

/**
 * Books a charge that Stripe says succeeded. An open payment succeeds: card money is applied first, then the holds
 * are posted as far as needed; what belongs to an invoice that is no longer open becomes balance (domain.md, Paying 7).
 * A payment that is final otherwise keeps its state: the money is booked as a top-up begun from its invoices, once,
 * and staff are told (States). Returns false if the charge is booked already.
 */
export function decideSuccess(
  decision: Decision,
  scene: PaymentScene,
  said: Charge,
  intentId: string,
): boolean {
  const { payment } = scene;
  if (scene.bookedCharges.includes(said.id)) return false;
  const charge = withKnownFee(decision, payment, said);
  assert(payment.state !== "succeeded", "a payment that succeeded has its charge booked");
  const chargeId = newId<ChargeId>(decision.context.clock);
  const isLate = isFinal(payment.state);
  addCharge(decision, payment, charge, chargeId, intentId);
  if (isLate) bookLate(decision, payment, charge, chargeId);
  else if (payment.kind === "top_up") bookTopUp(decision, scene, charge, chargeId);
  else bookInTime(decision, scene, charge, chargeId);
  bookFee(decision, charge, chargeId);
  return true;
}

/**
 * A fee in a currency that we do not know cannot be booked, but must not hold up what was paid either: it counts as
 * not said yet, and staff are asked.
 */
function withKnownFee(decision: Decision, payment: PaymentRecord, charge: Charge): Charge {
  const { fee } = charge;
  if (!fee || isCurrency(fee.currency)) return charge;
  decision.askStaff("fee_in_unknown_currency", "payment", payment.id, {
    currency: fee.currency,
    feeMinor: fee.feeMinor.toString(),
  });
  return { ...charge, fee: null };
}

/** An open payment that came to nothing: holds void, claims gone, the invoices as before (domain.md, Paying 8). */
export function decideEnd(
  decision: Decision,
  scene: PaymentScene,
  state: Exclude<FinalPaymentState, "succeeded">,
  code: string,
): void {
  const { payment, holds, shares } = scene;
  assert(!isFinal(payment.state), "a final payment never changes");
  const book = decision.book(payment.currency);
  for (const hold of holds) book.voidHold(hold);
  endPayment(decision, scene, state, code);
  for (const { invoiceId } of shares) {
    decision.record({
      subject: "invoice",
      subjectId: invoiceId,
      verb: `payment_${state}`,
      detail: { paymentId: payment.id, code },
    });
  }
  decision.tell(`payment.${state}`, { paymentId: payment.id, code });
}

function bookInTime(decision: Decision, scene: PaymentScene, charge: Charge, chargeId: ChargeId): void {
  const { payment } = scene;
  // This payment's own claims end here; without that its invoices would look as if somebody else paid them.
  endPayment(decision, scene, "succeeded", null);
  let leftMinor = charge.amountMinor;
  for (const share of inOrder(decision, scene.shares))
    leftMinor -= applyShare(decision, scene, share, chargeId);
  const closedMinor = leftMinor - payment.excessMinor;
  creditBalance(
    decision,
    payment,
    chargeId,
    "excess",
    leftMinor < payment.excessMinor ? leftMinor : payment.excessMinor,
  );
  creditBalance(decision, payment, chargeId, "invoice_closed", closedMinor);
  if (closedMinor > 0n) {
    decision.tell("payment.money_became_balance", {
      paymentId: payment.id,
      amountMinor: closedMinor.toString(),
    });
    decision.askStaff("money_for_closed_invoice", "payment", payment.id, {
      amountMinor: closedMinor.toString(),
    });
  }
  decision.record({ subject: "payment", subjectId: payment.id, verb: "payment_succeeded" });
  decision.tell("payment.succeeded", { paymentId: payment.id });
}

/** Returns what of the charge went on the invoice. Minor units. */
function applyShare(decision: Decision, scene: PaymentScene, share: Share, chargeId: ChargeId): bigint {
  const { payment } = scene;
  const book = decision.book(payment.currency);
  const hold = scene.holds.find((candidate) => candidate.invoiceId === share.invoiceId);
  const invoice = decision.invoice(share.invoiceId);
  assert(invoice, "the invoices of a payment are read with it");
  if (!decision.isPayable(share.invoiceId)) {
    if (hold) book.voidHold(hold);
    if (invoice.state === "open") {
      decision.askStaff("line_not_completable", "invoice", invoice.id, { paymentId: payment.id });
    }
    return 0n;
  }
  const dueMinor = remainingMinor(invoice);
  const byCard = share.cardMinor < dueMinor ? share.cardMinor : dueMinor;
  const left = dueMinor - byCard;
  const byBalance = hold ? (hold.amountMinor < left ? hold.amountMinor : left) : 0n;
  if (byCard > 0n) {
    const transferId = book.transfer({
      debit: "gateway_clearing",
      credit: "receivable",
      amountMinor: byCard,
      reason: "invoice_paid",
      paymentId: payment.id,
      invoiceId: invoice.id,
      chargeId,
    });
    decision.apply(invoice.id, { source: "card", paymentId: payment.id, amountMinor: byCard, transferId });
  }
  if (hold && byBalance > 0n) {
    const transferId = book.postHold(hold, byBalance);
    decision.apply(invoice.id, {
      source: "balance",
      paymentId: payment.id,
      amountMinor: byBalance,
      transferId,
    });
  } else if (hold) book.voidHold(hold);
  return byCard;
}

/** All of it becomes balance; what waits for it is settled by the caller, in the same transaction. */
function bookTopUp(decision: Decision, scene: PaymentScene, charge: Charge, chargeId: ChargeId): void {
  const { payment } = scene;
  endPayment(decision, scene, "succeeded", null);
  creditBalance(decision, payment, chargeId, "top_up", charge.amountMinor);
  decision.record({ subject: "payment", subjectId: payment.id, verb: "payment_succeeded" });
  decision.tell("payment.succeeded", { paymentId: payment.id });
}

function bookLate(decision: Decision, payment: PaymentRecord, charge: Charge, chargeId: ChargeId): void {
  creditBalance(decision, payment, chargeId, "late_success", charge.amountMinor);
  const detail = { amountMinor: charge.amountMinor.toString(), state: payment.state };
  decision.record({ subject: "payment", subjectId: payment.id, verb: "payment_succeeded_late", detail });
  decision.tell("payment.money_became_balance", { paymentId: payment.id, amountMinor: detail.amountMinor });
  decision.askStaff("late_success", "payment", payment.id, detail);
}

function creditBalance(
  decision: Decision,
  payment: PaymentRecord,
  chargeId: ChargeId,
  reason: "top_up" | "excess" | "invoice_closed" | "late_success",
  amountMinor: bigint,
): void {
  if (amountMinor <= 0n) return;
  decision.book(payment.currency).transfer({
    debit: "gateway_clearing",
    credit: "customer_balance",
    amountMinor,
    reason,
    paymentId: payment.id,
    chargeId,
  });
}

function endPayment(
  decision: Decision,
  scene: PaymentScene,
  state: FinalPaymentState,
  code: string | null,
): void {
  const { payment, shares } = scene;
  decision.changes.paymentStates.push({
    id: payment.id,
    from_state: payment.state,
    state,
    failure_code: code,
    ended_at: decision.context.now,
  });
  for (const { invoiceId } of shares) {
    const invoice = decision.invoice(invoiceId);
    if (invoice?.claimedBy !== payment.id) continue;
    invoice.claimedBy = null;
    decision.changes.claimsRemoved.push({ invoice_id: invoiceId, payment_id: payment.id });
  }
}

function addCharge(
  decision: Decision,
  payment: PaymentRecord,
  charge: Charge,
  chargeId: ChargeId,
  intentId: string,
): void {
  const { now } = decision.context;
  decision.changes.charges.push({
    id: chargeId,
    payment_id: payment.id,
    stripe_charge_id: charge.id,
    currency: charge.currency,
    amount_minor: charge.amountMinor,
    stripe_balance_transaction_id: charge.fee?.balanceTransactionId ?? null,
    fee_minor: charge.fee?.feeMinor ?? null,
    fee_currency: charge.fee?.currency ?? null,
    method_type: charge.methodType ?? null,
    next_poll_at: charge.fee ? null : new Date(now.getTime() + 60_000),
    booked_at: now,
  });
  decision.changes.stripe_objects.push({ id: charge.id, kind: "charge", row_id: chargeId });
  // That of a saved card is registered when Stripe has answered, before anybody knows what becomes of it.
  if (payment.stripePaymentIntentId === intentId) return;
  decision.changes.stripe_objects.push({ id: intentId, kind: "payment_intent", row_id: payment.id });
}

/**
 * Books what Stripe kept, in the currency it settles in; a charge in another currency is first converted through `fx`,
 * because no transfer spans currencies. Does nothing while Stripe has not said the fee: the poller asks again.
 */
export function bookFee(decision: Decision, charge: Charge, chargeId: ChargeId): void {
  const { fee } = charge;
  if (!fee) return;
  assert(isCurrency(charge.currency) && isCurrency(fee.currency), "charges and fees are in a known currency");
  const settled = decision.book(fee.currency);
  if (fee.currency !== charge.currency) {
    const charged = decision.book(charge.currency);
    const amounts = { amountMinor: charge.amountMinor, reason: "conversion" as const, chargeId };
    charged.transfer({ ...amounts, debit: "fx", credit: "gateway_clearing" });
    settled.transfer({ ...amounts, amountMinor: fee.settledMinor, debit: "gateway_clearing", credit: "fx" });
  }
  if (fee.feeMinor > 0n) {
    settled.transfer({
      debit: "processing_fees",
      credit: "gateway_clearing",
      amountMinor: fee.feeMinor,
      reason: "fee",
      chargeId,
    });
  }
}

function inOrder(decision: Decision, shares: readonly Share[]): Share[] {
  const dated = (id: InvoiceId) => ({ id, dueOn: decision.invoice(id)?.dueOn });
  return [...shares].sort((a, b) => byDue(dated(a.invoiceId), dated(b.invoiceId)));
}
