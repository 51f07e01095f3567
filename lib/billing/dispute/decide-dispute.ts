import { least, sumOf } from "@/lib/kernel/money";
import type { DisputeHold, OpenHold } from "@/lib/ledger/book";
import type { Decision } from "../decision";
import { bookDifference, bookMovement } from "../payment/book-movement";
import { holdPartMinor } from "./dispute-parts";
import type { DisputeScene } from "./dispute-scene";
import { type DisputeMovement, type DisputeSaid, outOf } from "./judge-dispute";
import { amountOf, detailOf, lose, regain, release, sharesOf } from "./lose-dispute";

/** What Stripe says that is new here. */
export interface DisputeNews {
  readonly movements: readonly DisputeMovement[];
  /** What is with the bank once they are booked. Minor units. */
  readonly outMinor: bigint;
  /** Null while it is open, and while people have to say what it is. */
  readonly end: "won" | "lost" | null;
}

/** Read before what is booked here, by somebody slower: there is nothing to learn from it. */
export function isStale({ booked }: Pick<DisputeScene, "booked">, { movements }: DisputeSaid): boolean {
  return booked.some((id) => movements.every(({ movement }) => movement.balanceTransactionId !== id));
}

/** What of that is new; `mayLose`: what is with the bank is lost as soon as Stripe says so, or says that no more comes. */
export function newsOf(scene: DisputeScene, said: DisputeSaid, mayLose: boolean): DisputeNews {
  const known = new Set(scene.booked);
  const movements = said.movements.filter(({ movement }) => !known.has(movement.balanceTransactionId));
  const outMinor = scene.outMinor + outOf(movements);
  // Where nothing is with the bank, there is nothing that people could say is lost.
  const isLost =
    said.end === "lost"
      ? mayLose || outMinor === 0n
      : said.isWonInPart && scene.dispute.lossAgreedAt !== null;
  const end = isLost ? "lost" : said.end === "lost" ? null : said.end;
  return { movements, outMinor, end };
}

/** It ended lost with nothing taken, and is taken after all: it is lost now. */
export function losesLate(
  { dispute }: Pick<DisputeScene, "dispute">,
  { end, outMinor }: DisputeNews,
): boolean {
  return dispute.state === "lost" && dispute.withdrawnAt === null && end === "lost" && outMinor > 0n;
}

/**
 * Applies what Stripe says of a dispute (domain.md, The ledger; A11). An inquiry books nothing. Funds withdrawn are disputed,
 * and what is available of the part that is not on invoices is held; what comes back of them releases that. Lost: what was
 * held is posted, the rest of that part is the customer's debt, and only what is left after that is the host's loss. What
 * comes back after it was lost (an appeal) reverses that (lib/decisions/0016-a-dispute-won-on-appeal-is-reversed.md).
 * Returns false if there was nothing to do.
 */
export function decideDispute(
  decision: Decision,
  scene: DisputeScene,
  said: DisputeSaid,
  mayLose = true,
): boolean {
  if (isStale(scene, said)) return false;
  const { dispute } = scene;
  const news = newsOf(scene, said, mayLose);
  const { movements, outMinor } = news;
  const moves = movements.filter(({ amountMinor }) => amountMinor !== 0n);
  const isOpen = dispute.state === "open" || losesLate(scene, news);
  const end = isOpen || outMinor === 0n ? news.end : null;
  const isEnding = end !== null && end !== dispute.state;
  // Once funds were withdrawn it is no inquiry, whatever somebody slower had read before.
  const isInquiry = said.isInquiry && dispute.withdrawnAt === null;
  if (movements.length === 0 && !isEnding && isInquiry === dispute.isInquiry) return false;
  for (const each of movements) bookMoved(decision, scene, each);
  const minor = sumOf(moves, ({ amountMinor }) => amountMinor);
  if (dispute.state === "lost" && minor > 0n) regain(decision, scene, minor);
  if (isOpen) {
    const holds = moves.length > 0 ? keepHolds(decision, scene, news) : scene.holds;
    if (end === "lost" && outMinor > 0n) lose(decision, { ...scene, holds }, outMinor);
    if (isEnding) close(decision, scene, { state: end, outMinor });
  }
  tell(decision, scene, news);
  change(decision, scene, news, { end, isInquiry });
  return true;
}

function change(
  decision: Decision,
  { dispute }: DisputeScene,
  { movements, outMinor }: DisputeNews,
  { end, isInquiry }: { end: "won" | "lost" | null; isInquiry: boolean },
): void {
  const { now } = decision.context;
  const hasMoved = movements.some(({ amountMinor }) => amountMinor !== 0n);
  const withdrawnAt = dispute.withdrawnAt ?? (hasMoved ? now : null);
  const isBack = withdrawnAt !== null && outMinor === 0n;
  const state = end ?? dispute.state;
  decision.changes.disputeStates.push({
    id: dispute.id,
    from_state: dispute.state,
    state,
    is_inquiry: isInquiry && !hasMoved,
    withdrawn_at: withdrawnAt,
    reinstated_at: isBack ? (dispute.reinstatedAt ?? now) : null,
    fee_minor: movements.reduce<bigint | null>(
      (sum, { movement }) => (sum ?? 0n) + movement.feeMinor,
      dispute.feeMinor,
    ),
    fee_currency: movements.at(-1)?.movement.currency ?? dispute.feeCurrency,
    ended_at: state === "open" ? null : now,
  });
}

/** Of a dispute's amount to `disputed`, or back; its fee and its conversion beside it. */
function bookMoved(
  decision: Decision,
  { dispute }: DisputeScene,
  { movement, amountMinor }: DisputeMovement,
): void {
  const ways =
    amountMinor < 0n
      ? ({ debit: "disputed", credit: "gateway_clearing", reason: "dispute_withdrawn" } as const)
      : ({ debit: "gateway_clearing", credit: "disputed", reason: "dispute_reinstated" } as const);
  const ofCharge = amountMinor < 0n ? -amountMinor : amountMinor;
  const of = { disputeId: dispute.id };
  const book = decision.book(dispute.currency);
  if (ofCharge > 0n) book.transfer({ ...ways, ...of, amountMinor: ofCharge });
  const moved = { currency: dispute.currency, amountMinor: ofCharge };
  const isDifference = ofCharge === 0n && movement.settledMinor !== 0n;
  if (isDifference) bookDifference(decision, movement, moved, of);
  else bookMovement(decision, movement, moved, of);
  decision.changes.dispute_movements.push({
    stripe_balance_transaction_id: movement.balanceTransactionId,
    dispute_id: dispute.id,
    amount_minor: amountMinor,
    settled_minor: movement.settledMinor,
    settled_currency: movement.currency,
    fee_minor: movement.feeMinor,
    booked_at: decision.context.now,
  });
}

/** Holds more when more was withdrawn, and no more than what is still with the bank. Returns what is held from here on. */
function keepHolds(
  decision: Decision,
  scene: DisputeScene,
  { outMinor, end }: DisputeNews,
): readonly OpenHold<DisputeHold>[] {
  const { dispute, charge, holds } = scene;
  const book = decision.book(dispute.currency);
  const heldMinor = amountOf(holds);
  if (heldMinor > outMinor) {
    for (const hold of holds) book.voidHold(hold);
    const lostMinor = end === "lost" ? outMinor : 0n;
    release(decision, scene, { arrivedMinor: heldMinor - outMinor, ...sharesOf(charge, lostMinor) });
    if (outMinor === 0n) return [];
    return [
      {
        id: book.hold({ disputeId: dispute.id, amountMinor: outMinor }),
        disputeId: dispute.id,
        amountMinor: outMinor,
      },
    ];
  }
  const wantedMinor = holdPartMinor(charge, outMinor, amountOf(scene.siblingHolds)) - heldMinor;
  const moreMinor = least(wantedMinor, book.availableMinor);
  // Where funds are withdrawn and lost in one breath there is no time to hold anything.
  if (moreMinor <= 0n || outMinor <= scene.outMinor || end !== null) return holds;
  const id = book.hold({ disputeId: dispute.id, amountMinor: moreMinor });
  return [...holds, { id, disputeId: dispute.id, amountMinor: moreMinor }];
}

function close(
  decision: Decision,
  { dispute, charge }: DisputeScene,
  { state, outMinor }: { state: "won" | "lost"; outMinor: bigint },
): void {
  decision.finishTask("dispute_open", dispute.id);
  const isQuiet = dispute.withdrawnAt === null && (state === "won" || outMinor === 0n);
  // Nothing moved, and the customer was never told of it: only the record says that somebody asked.
  if (isQuiet) {
    decision.record({
      subject: "payment",
      subjectId: charge.paymentId,
      verb: "dispute_closed",
      detail: detailOf(dispute, dispute.amountMinor),
      isVisible: false,
    });
  }
}

/** What moved, in the record; and what the customer hears of it. */
function tell(
  decision: Decision,
  { dispute, charge, outMinor: beforeMinor }: DisputeScene,
  news: DisputeNews,
) {
  const { movements, outMinor, end } = news;
  const of = { subject: "payment" as const, subjectId: charge.paymentId };
  const said = (is: (minor: bigint) => boolean) =>
    sumOf(movements, ({ amountMinor }) => (is(amountMinor) ? amountMinor : 0n));
  const wentMinor = -said((minor) => minor < 0n);
  const cameMinor = said((minor) => minor > 0n);
  if (wentMinor > 0n && !(cameMinor > 0n && outMinor === 0n)) {
    decision.record({ ...of, verb: "dispute_withdrawn", detail: detailOf(dispute, wentMinor) });
    if (end === null && beforeMinor === 0n) decision.tell("dispute.withdrawn", { disputeId: dispute.id });
  }
  if (cameMinor === 0n) return;
  decision.record({ ...of, verb: "dispute_reinstated", detail: detailOf(dispute, cameMinor) });
  if (outMinor === 0n && dispute.state !== "won") decision.tell("dispute.won", { disputeId: dispute.id });
}
