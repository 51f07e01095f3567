import { assert } from "@/lib/kernel/assert";
import type { Decision } from "../decision";
import { bookMovement } from "../payment/book-movement";
import { pollDelayMs } from "../payment/poll-payments";
import type { RefundVerdict } from "./judge-refund";
import type { RefundMoney, RefundRecord } from "./read-refund";
import { isFinal, mayBecome, type RefundState } from "./states";

/** What is known of a refund under its locks. */
export interface RefundScene extends RefundMoney {
  readonly refund: RefundRecord;
}

/** A bank may refuse a refund for so long after it was made; until then it is asked about daily. */
const mayFailForMs = 30 * 86_400_000;

/**
 * Applies what Stripe says of a refund: booked once, when Stripe has created it; one that fails after that is reversed
 * by rows of its own, and staff are told (domain.md, States). Returns false if there was nothing to do.
 */
export function decideRefund(
  decision: Decision,
  scene: RefundScene,
  verdict: Exclude<RefundVerdict, { kind: "quarantined" }>,
): boolean {
  const { refund } = scene;
  if (verdict.kind === "failed") return fail(decision, scene, verdict);
  // What Stripe has called failed never comes back: this was read before, by somebody slower.
  if (refund.state === "failed" && refund.stripeRefundId !== null && !stands(scene)) return false;
  const isNew = refund.bookedAt === null;
  if (isNew) book(decision, scene);
  const { movement } = verdict.said;
  const isSettledNow = refund.balanceTransactionId === null && movement !== null;
  if (isSettledNow) bookMovement(decision, movement, refund, { refundId: refund.id });
  // One that was given up and that Stripe made after all keeps its state; its money waits for staff.
  const state = mayBecome(refund.state, verdict.state) ? verdict.state : refund.state;
  // Over, it waits for nothing, whatever somebody slower had read before.
  const pendingReason = state === "pending" ? verdict.said.pendingReason : null;
  const isOnItsWay = verdict.state === "succeeded" || pendingReason === "processing";
  const tellsNow = isOnItsWay && refund.toldAt === null;
  const isSame = state === refund.state && pendingReason === refund.pendingReason && !tellsNow;
  if (!isNew && !isSettledNow && isSame) return false;
  if (tellsNow) decision.tell("refund.made", { refundId: refund.id });
  askForFunds(decision, refund, pendingReason);
  change(decision, refund, state, {
    pending_reason: pendingReason,
    told_at: refund.toldAt ?? (tellsNow ? decision.context.now : null),
    stripe_refund_id: verdict.said.id,
    stripe_balance_transaction_id: movement?.balanceTransactionId ?? refund.balanceTransactionId,
    settled_minor: isSettledNow ? -movement.settledMinor : null,
    settled_currency: isSettledNow ? movement.currency : null,
    booked_at: refund.bookedAt ?? decision.context.now,
  });
  return true;
}

/** Off the balance where it was held for it; else it waits on suspense until staff say from what. */
function book(decision: Decision, { refund, hold }: RefundScene): void {
  const ledger = decision.book(refund.currency);
  if (hold) ledger.postHold(hold, hold.amountMinor);
  else {
    ledger.transfer({
      debit: "suspense",
      credit: "gateway_clearing",
      amountMinor: refund.amountMinor,
      reason: "refund_unmatched",
      refundId: refund.id,
    });
    decision.askStaff("suspense", "refund", refund.id, detailOf(refund));
  }
  decision.record({
    subject: "payment",
    subjectId: refund.paymentId,
    verb: "refund_made",
    detail: detailOf(refund),
  });
}

/** Stripe sends it only once the host's own money there covers it: staff are asked for that, until it goes on or ends. */
function askForFunds(decision: Decision, refund: RefundRecord, pendingReason: string | null): void {
  const [waited, waits] = [refund.pendingReason, pendingReason].map((why) => why === "insufficient_funds");
  if (waits && !waited) decision.askStaff("refund_unfunded", "refund", refund.id, detailOf(refund));
  if (waited && !waits) decision.finishTask("refund_unfunded", refund.id);
}

function fail(
  decision: Decision,
  scene: RefundScene,
  { code, said }: Extract<RefundVerdict, { kind: "failed" }>,
): boolean {
  const { refund, hold, fromBalanceMinor, onSuspenseMinor } = scene;
  const ledger = decision.book(refund.currency);
  const isStanding = stands(scene);
  if (refund.state === "failed" && !isStanding) return false;
  if (hold) ledger.voidHold(hold);
  const returnedMinor = isStanding && fromBalanceMinor > 0n ? fromBalanceMinor : 0n;
  decision.free(refund.chargeId, {
    arrivedMinor: (hold?.amountMinor ?? 0n) + returnedMinor,
    standsLessMinor: refund.amountMinor,
  });
  // Its way out may be heard of only now, together with its way back.
  const out = isStanding && refund.balanceTransactionId === null ? (said?.movement ?? null) : null;
  if (isStanding) {
    const back = { debit: "gateway_clearing", reason: "refund_failed", refundId: refund.id } as const;
    if (fromBalanceMinor > 0n)
      ledger.transfer({ ...back, credit: "customer_balance", amountMinor: fromBalanceMinor });
    if (onSuspenseMinor > 0n) {
      ledger.transfer({ ...back, credit: "suspense", amountMinor: onSuspenseMinor });
      decision.finishTask("suspense", refund.id);
    }
    bookMovement(decision, out, refund, { refundId: refund.id });
    bookMovement(decision, said?.failureMovement, refund, { refundId: refund.id });
    if (fromBalanceMinor > 0n) decision.tell("refund.failed", { refundId: refund.id });
  }
  const detail = { ...detailOf(refund), code };
  askForFunds(decision, refund, null);
  decision.askStaff("refund_failed", "refund", refund.id, detail);
  decision.record({ subject: "payment", subjectId: refund.paymentId, verb: "refund_failed", detail });
  change(decision, refund, "failed", {
    stripe_refund_id: said?.id ?? refund.stripeRefundId,
    stripe_balance_transaction_id: out?.balanceTransactionId ?? refund.balanceTransactionId,
    settled_minor: out && -out.settledMinor,
    settled_currency: out?.currency ?? null,
    booked_at: refund.bookedAt,
    failure_code: code,
  });
  return true;
}

/** It was booked, and nothing has reversed it. */
function stands({ refund, fromBalanceMinor, onSuspenseMinor }: RefundScene): boolean {
  return refund.bookedAt !== null && fromBalanceMinor + onSuspenseMinor > 0n;
}

type Change = Decision["changes"]["refundStates"][number];
type Kept = "failure_code" | "pending_reason" | "told_at";

function change(
  decision: Decision,
  refund: RefundRecord,
  state: RefundState,
  facts: Omit<Change, "id" | "from_state" | "state" | "ended_at" | "next_poll_at" | Kept> &
    Partial<Pick<Change, Kept>>,
): void {
  const { now } = decision.context;
  assert(state === refund.state || mayBecome(refund.state, state), "a refund changes as its states say");
  if (refund.stripeRefundId === null && facts.stripe_refund_id !== null) {
    decision.changes.stripe_objects.push({ id: facts.stripe_refund_id, kind: "refund", row_id: refund.id });
  }
  const isWatched = state === "succeeded" && now.getTime() - refund.createdAt.getTime() < mayFailForMs;
  const next = isWatched ? 86_400_000 : isFinal(state) ? null : pollDelayMs(0);
  decision.changes.refundStates.push({
    failure_code: refund.failureCode,
    pending_reason: null,
    told_at: refund.toldAt,
    ...facts,
    id: refund.id,
    from_state: refund.state,
    state,
    ended_at: isFinal(state) ? now : null,
    next_poll_at: next === null ? null : new Date(now.getTime() + next),
  });
}

export function detailOf(refund: Pick<RefundRecord, "id" | "amountMinor" | "currency">) {
  return { refundId: refund.id, amountMinor: refund.amountMinor.toString(), currency: refund.currency };
}
