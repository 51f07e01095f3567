import { assert } from "@/lib/kernel/assert";
import type { CustomerId, DisputeId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { DisputeHold, OpenHold } from "@/lib/ledger/book";
import type { Decision } from "../decision";
import { bookMovement } from "../payment/book-movement";
import { type ChargeRecord, topUpLeftMinor } from "../payment/charge-left";
import type { DisputeSaid } from "./judge-dispute";

export interface DisputeRecord {
  id: DisputeId;
  customerId: CustomerId;
  state: "open" | "won" | "lost";
  isInquiry: boolean;
  currency: Currency;
  amountMinor: bigint;
  withdrawnAt: Date | null;
  reinstatedAt: Date | null;
  feeMinor: bigint | null;
  feeCurrency: string | null;
}

/** What is known of a dispute under its locks. */
export interface DisputeScene {
  readonly dispute: DisputeRecord;
  /** Its charge, without what this dispute took of it. */
  readonly charge: ChargeRecord;
  /** What of the balance is held for it: when its funds were withdrawn, and what its charge freed since. */
  readonly holds: readonly OpenHold<DisputeHold>[];
  /** Who bore it when it was lost; all zero before. */
  readonly lost: LossShares;
}

/** Who bears a dispute that was lost. Minor units. */
export interface LossShares {
  /** From the customer's balance or as their debt: the part that counts as a top-up. */
  readonly customerMinor: bigint;
  readonly hostMinor: bigint;
}

/**
 * Applies what Stripe says of a dispute (domain.md, The ledger). An inquiry books nothing. Funds withdrawn are disputed,
 * and what is available of the part that is not on invoices is held; reinstated, both come back. Lost: what was held is
 * posted, the rest of that part is the customer's debt, and only what is left after that is the host's loss. Won after
 * it was lost (an appeal): that is reversed (lib/decisions/0016-a-dispute-won-on-appeal-is-reversed.md). Returns false
 * if there was nothing to do.
 */
export function decideDispute(decision: Decision, scene: DisputeScene, said: DisputeSaid): boolean {
  const { dispute } = scene;
  if (isWonOnAppeal(dispute, said)) {
    regain(decision, scene, said);
    return true;
  }
  if (dispute.state !== "open") return false;
  const isWithdrawn = said.withdrawal !== null && dispute.withdrawnAt === null;
  const isReinstated = said.reinstatement !== null && dispute.reinstatedAt === null;
  if (isWithdrawn) withdraw(decision, scene, said);
  if (isReinstated) reinstate(decision, scene, said);
  if (said.end === "lost") lose(decision, scene);
  if (said.end === "won" || said.end === "lost") end(decision, scene, said.end);
  // Once funds were withdrawn it is no inquiry, whatever somebody slower had read before.
  const isInquiry = said.isInquiry && dispute.withdrawnAt === null;
  if (!isWithdrawn && !isReinstated && said.end === null && isInquiry === dispute.isInquiry) return false;
  const { now } = decision.context;
  const fees = [isWithdrawn && said.withdrawal, isReinstated && said.reinstatement].flatMap(
    (each) => each || [],
  );
  decision.changes.disputeStates.push({
    id: dispute.id,
    from_state: dispute.state,
    state: said.end ?? dispute.state,
    is_inquiry: isInquiry,
    withdrawn_at: isWithdrawn ? now : dispute.withdrawnAt,
    reinstated_at: isReinstated ? now : dispute.reinstatedAt,
    fee_minor: fees.reduce<bigint | null>((sum, { feeMinor }) => (sum ?? 0n) + feeMinor, dispute.feeMinor),
    fee_currency: fees.at(-1)?.currency ?? dispute.feeCurrency,
    ended_at: said.end === null ? null : now,
  });
  return true;
}

/** Lost here, and won at Stripe, with its money back there: an appeal turned the bank's decision. */
export function isWonOnAppeal(
  { state, reinstatedAt }: Pick<DisputeRecord, "state" | "reinstatedAt">,
  { end, reinstatement }: DisputeSaid,
): boolean {
  return state === "lost" && reinstatedAt === null && end === "won" && reinstatement !== null;
}

/**
 * The host has again what they still bore of it; the rest is money arriving on the balance: it pays first what the host bears
 * of the same charge, then the debt, before any invoice, as always.
 */
function regain(decision: Decision, scene: DisputeScene, said: DisputeSaid): void {
  const { dispute, lost } = scene;
  const { customerMinor, hostMinor } = lost;
  assert(customerMinor + hostMinor === dispute.amountMinor, "what was lost was borne in full");
  const book = decision.book(dispute.currency);
  const entry = { debit: "disputed" as const, disputeId: dispute.id, reason: "dispute_reinstated" as const };
  if (customerMinor > 0n) book.transfer({ ...entry, credit: "customer_balance", amountMinor: customerMinor });
  release(decision, scene, customerMinor);
  if (hostMinor > 0n) book.transfer({ ...entry, credit: "dispute_loss", amountMinor: hostMinor });
  reinstate(decision, scene, said);
  decision.finishTask("dispute_quarantined", dispute.id);
  const { now } = decision.context;
  const { feeMinor, currency } = said.reinstatement ?? {};
  decision.changes.disputeStates.push({
    id: dispute.id,
    from_state: "lost",
    state: "won",
    is_inquiry: false,
    withdrawn_at: dispute.withdrawnAt,
    reinstated_at: now,
    fee_minor: feeMinor === undefined ? dispute.feeMinor : (dispute.feeMinor ?? 0n) + feeMinor,
    fee_currency: currency ?? dispute.feeCurrency,
    ended_at: now,
  });
}

function withdraw(decision: Decision, { dispute, charge }: DisputeScene, said: DisputeSaid): void {
  const book = decision.book(dispute.currency);
  book.transfer({
    debit: "disputed",
    credit: "gateway_clearing",
    amountMinor: dispute.amountMinor,
    reason: "dispute_withdrawn",
    disputeId: dispute.id,
  });
  bookMovement(decision, said.withdrawal, dispute, { disputeId: dispute.id });
  if (said.reinstatement) return;
  const heldMinor = least(topUpPartMinor(charge, dispute), book.availableMinor);
  if (heldMinor > 0n && said.end === null) book.hold({ disputeId: dispute.id, amountMinor: heldMinor });
  const detail = { ...detailOf(dispute), heldMinor: heldMinor.toString() };
  decision.record({ subject: "payment", subjectId: charge.paymentId, verb: "dispute_withdrawn", detail });
  if (said.end === null) decision.tell("dispute.withdrawn", { disputeId: dispute.id });
}

function reinstate(decision: Decision, scene: DisputeScene, said: DisputeSaid): void {
  const { dispute, charge, holds } = scene;
  const book = decision.book(dispute.currency);
  book.transfer({
    debit: "gateway_clearing",
    credit: "disputed",
    amountMinor: dispute.amountMinor,
    reason: "dispute_reinstated",
    disputeId: dispute.id,
  });
  bookMovement(decision, said.reinstatement, dispute, { disputeId: dispute.id });
  for (const hold of holds) book.voidHold(hold);
  release(decision, scene, sumOf(holds));
  const detail = detailOf(dispute);
  decision.record({ subject: "payment", subjectId: charge.paymentId, verb: "dispute_reinstated", detail });
  decision.tell("dispute.won", { disputeId: dispute.id });
}

/** What its charge's other disputes have a right to is kept of it. */
function release(decision: Decision, { dispute, charge }: DisputeScene, arrivedMinor: bigint): void {
  decision.free(charge.paymentId, { arrivedMinor, standsLessMinor: 0n, exceptDispute: dispute.id });
}

function lose(decision: Decision, scene: DisputeScene): void {
  const { dispute, charge, holds } = scene;
  const book = decision.book(dispute.currency);
  const entry = { credit: "disputed" as const, disputeId: dispute.id, reason: "dispute_lost" as const };
  const customerMinor = customerPartMinor(charge, dispute);
  let fromHoldMinor = 0n;
  for (const hold of holds) {
    const part = least(customerMinor - fromHoldMinor, hold.amountMinor);
    if (part > 0n) book.postHold(hold, part);
    else book.voidHold(hold);
    fromHoldMinor += part;
  }
  release(decision, scene, sumOf(holds) - fromHoldMinor);
  // Where funds are withdrawn and lost in one breath there was no time to hold anything.
  const unheldMinor = dispute.withdrawnAt === null ? book.availableMinor : 0n;
  const fromAvailableMinor = least(customerMinor - fromHoldMinor, unheldMinor);
  if (fromAvailableMinor > 0n) {
    book.transfer({ ...entry, debit: "customer_balance", amountMinor: fromAvailableMinor });
  }
  const debtMinor = customerMinor - fromHoldMinor - fromAvailableMinor;
  if (debtMinor > 0n) book.transfer({ ...entry, debit: "customer_debt", amountMinor: debtMinor });
  const lossMinor = dispute.amountMinor - customerMinor;
  if (lossMinor > 0n) book.transfer({ ...entry, debit: "dispute_loss", amountMinor: lossMinor });
  decision.record({
    subject: "payment",
    subjectId: charge.paymentId,
    verb: "dispute_lost",
    detail: { ...detailOf(dispute), debtMinor: debtMinor.toString(), lossMinor: lossMinor.toString() },
  });
  decision.tell("dispute.lost", { disputeId: dispute.id });
}

function end(decision: Decision, { dispute, charge }: DisputeScene, state: "won" | "lost"): void {
  decision.finishTask("dispute_open", dispute.id);
  const isQuiet = dispute.withdrawnAt === null && state === "won";
  // Nothing moved, and the customer was never told of it: only the record says that somebody asked.
  if (isQuiet) {
    decision.record({
      subject: "payment",
      subjectId: charge.paymentId,
      verb: "dispute_closed",
      detail: detailOf(dispute),
      isVisible: false,
    });
  }
}

/** Of what is disputed, the part that is not on invoices: it counts as a top-up. What else of the charge is lost comes off first. Minor units. */
export function topUpPartMinor(charge: ChargeRecord, { amountMinor }: Pick<DisputeRecord, "amountMinor">) {
  return least(amountMinor, topUpLeftMinor({ ...charge, disputedMinor: charge.lostMinor }));
}

/**
 * What of a lost dispute the customer bears: the part that counts as a top-up, and what is more than the charge itself, where
 * the bank took more. The host bears no more than what is on invoices or was refunded to the card (domain.md, A18). Pure.
 */
export function customerPartMinor(charge: ChargeRecord, dispute: Pick<DisputeRecord, "amountMinor">) {
  const hostMostMinor = charge.onInvoicesMinor + charge.refundedMinor - charge.hostLossMinor;
  const beyondMinor = dispute.amountMinor - (hostMostMinor > 0n ? hostMostMinor : 0n);
  const topUpMinor = topUpPartMinor(charge, dispute);
  return topUpMinor > beyondMinor ? topUpMinor : beyondMinor;
}

function sumOf(holds: readonly OpenHold<DisputeHold>[]): bigint {
  return holds.reduce((total, { amountMinor }) => total + amountMinor, 0n);
}

function detailOf({ id, amountMinor, currency }: DisputeRecord) {
  assert(amountMinor > 0n, "a dispute is about something");
  return { disputeId: id, amountMinor: amountMinor.toString(), currency };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
