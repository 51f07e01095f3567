import type { BalanceMovement, Dispute } from "@/lib/gateway/port";

/** What moved for a dispute at Stripe, and what that is of the charge. */
export interface DisputeMovement {
  readonly movement: BalanceMovement;
  /** In the charge's currency: what went out is negative, a fee of its own or a difference of conversion is nothing. */
  readonly amountMinor: bigint;
}

/** What Stripe's object says of a dispute, reduced to what is booked. */
export interface DisputeSaid {
  readonly isInquiry: boolean;
  /** All that moved until now, the oldest first. None while it is only asked, or while Stripe has not said so yet. */
  readonly movements: readonly DisputeMovement[];
  /** How it ended; null while it is open. It is over only when its money is where that says. */
  readonly end: "won" | "lost" | null;
  /** It was won, and only a part of its money came back: people say whether the rest is lost. */
  readonly isWonInPart: boolean;
  /** It was lost, and nothing is with the bank: Stripe has not written it yet, or never took anything. */
  readonly isLostUnmoved: boolean;
}

export type DisputeVerdict =
  | { kind: "said"; said: DisputeSaid }
  /** `detail` has the amounts that do not fit. */
  | { kind: "quarantined"; reason: string; detail?: Record<string, string> };

const openStatuses = [
  "warning_needs_response",
  "warning_under_review",
  "needs_response",
  "under_review",
  "appeal_needs_response",
  "appeal_under_review",
];
/** Over without a decision of the bank: an inquiry that was closed, or one that was settled before it was a dispute. */
const closedStatuses = ["warning_closed", "prevented"];

/** Judges a dispute as Stripe has it now; a word or an amount that does not fit is quarantined for staff, never guessed. */
export function judgeDispute(dispute: Dispute, isLive: boolean): DisputeVerdict {
  if (dispute.isLive !== isLive) return { kind: "quarantined", reason: "mode_differs" };
  const read = movementsOf(dispute);
  if (!read.ok) return { kind: "quarantined", reason: "movement_differs", detail: read.detail };
  const { movements } = read;
  const outMinor = outOf(movements);
  const hasMoved = movements.some(({ amountMinor }) => amountMinor !== 0n);
  const hasReturned = movements.some(({ amountMinor }) => amountMinor > 0n);
  const isInquiry = !hasMoved && dispute.status.startsWith("warning");
  const { status } = dispute;
  const said = { isInquiry, movements, isWonInPart: false, isLostUnmoved: false };
  if (openStatuses.includes(status)) return { kind: "said", said: { ...said, end: null } };
  if (status === "lost") {
    const isLostUnmoved = outMinor === 0n;
    return { kind: "said", said: { ...said, isLostUnmoved, end: isLostUnmoved ? null : "lost" } };
  }
  if (status === "won" || closedStatuses.includes(status)) {
    const isWonInPart = outMinor > 0n && hasReturned;
    return { kind: "said", said: { ...said, isWonInPart, end: outMinor > 0n ? null : "won" } };
  }
  return { kind: "quarantined", reason: `dispute_status_${status}` };
}

/** What Stripe has not written so long after it called a dispute lost was never taken. */
const unmovedForMs = 7 * 86_400_000;

/** One that has been lost for a week, and of which nothing is with the bank, has ended: nothing was taken. */
export function endedUnmoved(said: DisputeSaid, lostUnmovedAt: Date | null, now: Date): DisputeSaid {
  const isOver = lostUnmovedAt !== null && now.getTime() - lostUnmovedAt.getTime() >= unmovedForMs;
  return said.isLostUnmoved && isOver ? { ...said, end: "lost" } : said;
}

/** What of a dispute's amount is with the bank. Minor units. */
export function outOf(movements: readonly Pick<DisputeMovement, "amountMinor">[]): bigint {
  return movements.reduce((total, { amountMinor }) => total - amountMinor, 0n);
}

type ReadMovements =
  | { ok: true; movements: DisputeMovement[] }
  | { ok: false; detail: Record<string, string> };

/**
 * What each movement is of the charge. In the charge's own currency their sum is what counts: all together they take what the
 * dispute is about, in one step or in several, and never more, and give back no more than they took. In another currency a
 * rate lies between: there one movement takes all of it, and one of about as much gives it back. What little moves once all of
 * it is out is a difference of conversion, as networks adjust it weeks later: the host's, and nothing of the charge.
 */
function movementsOf({ amountMinor, currency, movements }: Dispute): ReadMovements {
  let [outMinor, mostMinor, lastSettledMinor, apartMinor] = [0n, 0n, 0n, 0n];
  const read: DisputeMovement[] = [];
  for (const movement of movements) {
    const { settledMinor } = movement;
    const isWhole = outMinor === amountMinor;
    if (isWhole && isDifference(movement, { currency, outMinor, lastSettledMinor, apartMinor })) {
      apartMinor -= settledMinor;
      read.push({ movement, amountMinor: 0n });
      continue;
    }
    let ofCharge = settledMinor;
    if (settledMinor !== 0n && movement.currency !== currency) {
      const whole = wholeOf(settledMinor, { outMinor, amountMinor, lastSettledMinor });
      if (whole === null) return { ok: false, detail: differing(amountMinor, currency, movement) };
      ofCharge = whole;
    }
    if (settledMinor < 0n) lastSettledMinor = settledMinor;
    outMinor -= ofCharge;
    if (outMinor > mostMinor) mostMinor = outMinor;
    if (outMinor < 0n || outMinor > amountMinor) {
      return { ok: false, detail: differing(amountMinor, currency, { settledMinor: -outMinor, currency }) };
    }
    read.push({ movement, amountMinor: ofCharge });
  }
  if (mostMinor !== 0n && mostMinor !== amountMinor) {
    return { ok: false, detail: differing(amountMinor, currency, { settledMinor: -mostMinor, currency }) };
  }
  return { ok: true, movements: read };
}

/**
 * At most a tenth of what is out, once all of it is. In one currency, what comes back is the charge's, but for what was taken
 * beyond it.
 */
function isDifference(
  { settledMinor, currency: settledIn }: BalanceMovement,
  {
    currency,
    outMinor,
    lastSettledMinor,
    apartMinor,
  }: Record<"outMinor" | "lastSettledMinor" | "apartMinor", bigint> & { currency: string },
): boolean {
  if (settledMinor === 0n) return false;
  if (settledIn !== currency) return sizeOf(settledMinor) * 10n <= -lastSettledMinor;
  if (settledMinor > 0n) return settledMinor <= apartMinor;
  return -settledMinor * 10n <= outMinor;
}

function sizeOf(minor: bigint): bigint {
  return minor < 0n ? -minor : minor;
}

/** All of the dispute, out or back; null where it cannot be told how much it is. */
function wholeOf(
  settledMinor: bigint,
  {
    outMinor,
    amountMinor,
    lastSettledMinor,
  }: Record<"outMinor" | "amountMinor" | "lastSettledMinor", bigint>,
): bigint | null {
  if (settledMinor < 0n) return outMinor === 0n ? -amountMinor : null;
  if (outMinor !== amountMinor) return null;
  const wentMinor = -lastSettledMinor;
  return sizeOf(settledMinor - wentMinor) * 10n <= wentMinor ? amountMinor : null;
}

function differing(
  amountMinor: bigint,
  currency: string,
  moved: Pick<BalanceMovement, "settledMinor" | "currency">,
): Record<string, string> {
  return {
    amountMinor: amountMinor.toString(),
    currency,
    movedMinor: (-moved.settledMinor).toString(),
    movedCurrency: moved.currency,
  };
}
