import type { BalanceMovement, Dispute } from "@/lib/gateway/port";

/** What Stripe's object says of a dispute, reduced to what is booked. */
export interface DisputeSaid {
  readonly isInquiry: boolean;
  /** Funds left the host's balance at Stripe; null while it is only asked, or Stripe has not said so yet. */
  readonly withdrawal: BalanceMovement | null;
  /** They came back. */
  readonly reinstatement: BalanceMovement | null;
  /** How it ended; null while it is open. It is over only when its money is where that says. */
  readonly end: "won" | "lost" | null;
}

export type DisputeVerdict = { kind: "said"; said: DisputeSaid } | { kind: "quarantined"; reason: string };

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

/** Judges a dispute as Stripe has it now; a word that we do not know is quarantined for staff, never guessed. */
export function judgeDispute(dispute: Dispute, isLive: boolean): DisputeVerdict {
  if (dispute.isLive !== isLive) return { kind: "quarantined", reason: "mode_differs" };
  const withdrawal = dispute.movements.find(({ settledMinor }) => settledMinor < 0n) ?? null;
  const reinstatement = dispute.movements.find(({ settledMinor }) => settledMinor > 0n) ?? null;
  const isOut = withdrawal !== null && reinstatement === null;
  const isInquiry = withdrawal === null && dispute.status.startsWith("warning");
  const said = { isInquiry, withdrawal, reinstatement };
  const { status } = dispute;
  if (openStatuses.includes(status)) return { kind: "said", said: { ...said, end: null } };
  if (status === "lost") return { kind: "said", said: { ...said, end: isOut ? "lost" : null } };
  if (status === "won" || closedStatuses.includes(status)) {
    return { kind: "said", said: { ...said, end: isOut ? null : "won" } };
  }
  return { kind: "quarantined", reason: `dispute_status_${status}` };
}
