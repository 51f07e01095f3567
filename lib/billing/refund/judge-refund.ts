import type { Refund } from "@/lib/gateway/port";
import type { RefundRecord } from "./read-refund";

/** What Stripe's object says about a refund of ours. */
export type RefundVerdict =
  | { kind: "made"; state: "sent" | "pending" | "succeeded"; said: Refund }
  /** `said` is null where Stripe has nothing of it, and never will. */
  | { kind: "failed"; code: string; said: Refund | null }
  | { kind: "quarantined"; reason: string };

/**
 * Judges what Stripe says against the row. What does not match it, or is a word that we do not know, is quarantined for
 * staff and never guessed (stripe.md).
 */
export function judgeRefund(
  refund: Pick<RefundRecord, "id" | "origin" | "amountMinor" | "currency" | "stripeChargeId">,
  said: Refund,
): RefundVerdict {
  const mismatch = refundMismatch(refund, said);
  if (mismatch) return { kind: "quarantined", reason: mismatch };
  switch (said.status) {
    case "succeeded":
    case "pending":
      return { kind: "made", state: said.status, said };
    case "requires_action":
      return { kind: "made", state: "sent", said };
    case "failed":
    case "canceled":
      return { kind: "failed", code: said.failureReason ?? said.status, said };
    default:
      return { kind: "quarantined", reason: `refund_status_${said.status}` };
  }
}

/** What of a refund at Stripe is not what the row asked for; null if all of it is. */
export function refundMismatch(refund: Parameters<typeof judgeRefund>[0], said: Refund): string | null {
  if (refund.origin === "staff" && said.refundId !== refund.id) return "refund_differs";
  if (said.stripeChargeId !== refund.stripeChargeId) return "charge_differs";
  if (said.amountMinor !== refund.amountMinor) return "amount_differs";
  if (said.currency !== refund.currency) return "currency_differs";
  return null;
}
