import type { BalanceMovement } from "@/lib/gateway/port";
import type { DisputeId, RefundId } from "@/lib/kernel/id";
import { type Currency, isCurrency } from "@/lib/kernel/money";
import type { Decision } from "../decision";

/**
 * Books what a refund or a dispute cost beside its amount: Stripe's fee, and the conversion where it settles in another
 * currency than the charge's, because no transfer spans currencies. A currency that we do not know is left to staff.
 */
export function bookMovement(
  decision: Decision,
  movement: BalanceMovement | null | undefined,
  moved: { currency: Currency; amountMinor: bigint },
  of: Of,
): void {
  if (!movement) return;
  const { currency, settledMinor, feeMinor } = movement;
  if (!isCurrency(currency)) {
    askAbout(decision, movement, of);
    return;
  }
  if (currency !== moved.currency && settledMinor !== 0n) {
    const isOut = settledMinor < 0n;
    const ways = isOut
      ? ({ charged: ["gateway_clearing", "fx"], settled: ["fx", "gateway_clearing"] } as const)
      : ({ charged: ["fx", "gateway_clearing"], settled: ["gateway_clearing", "fx"] } as const);
    const [debit, credit] = ways.charged;
    decision
      .book(moved.currency)
      .transfer({ ...of, debit, credit, amountMinor: moved.amountMinor, reason: "conversion" });
    const amountMinor = isOut ? -settledMinor : settledMinor;
    const [inDebit, inCredit] = ways.settled;
    decision
      .book(currency)
      .transfer({ ...of, debit: inDebit, credit: inCredit, amountMinor, reason: "conversion" });
  }
  bookFee(decision, { currency, feeMinor }, of);
}

/**
 * What a network adjusts of a conversion after all of it has moved is nothing of the charge: the host's loss, or their gain. In
 * the charge's own currency no exchange rate explains it.
 */
export function bookDifference(
  decision: Decision,
  movement: BalanceMovement,
  moved: { currency: Currency },
  of: { disputeId: DisputeId },
): void {
  const { currency, settledMinor, feeMinor } = movement;
  if (!isCurrency(currency)) {
    askAbout(decision, movement, of);
    return;
  }
  const borne = currency === moved.currency ? "dispute_loss" : "fx";
  const [debit, credit] =
    settledMinor < 0n ? ([borne, "gateway_clearing"] as const) : (["gateway_clearing", borne] as const);
  const amountMinor = settledMinor < 0n ? -settledMinor : settledMinor;
  decision.book(currency).transfer({ ...of, debit, credit, amountMinor, reason: "conversion" });
  bookFee(decision, { currency, feeMinor }, of);
}

type Of = { refundId: RefundId } | { disputeId: DisputeId };

function askAbout(decision: Decision, { currency, feeMinor }: BalanceMovement, of: Of): void {
  const [subject, id] = "refundId" in of ? ["refund", of.refundId] : ["dispute", of.disputeId];
  const detail = { currency, feeMinor: feeMinor.toString() };
  decision.askStaff("fee_in_unknown_currency", subject as string, id as string, detail);
}

function bookFee(
  decision: Decision,
  { currency, feeMinor }: { currency: Currency; feeMinor: bigint },
  of: Of,
): void {
  if (feeMinor === 0n) return;
  const isTaken = feeMinor > 0n;
  decision.book(currency).transfer({
    ...of,
    debit: isTaken ? "processing_fees" : "gateway_clearing",
    credit: isTaken ? "gateway_clearing" : "processing_fees",
    amountMinor: isTaken ? feeMinor : -feeMinor,
    reason: "fee",
  });
}
