import type { Decline, Intent } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import { mismatchOf, type Verdict } from "./judge";

/**
 * Judges the charge of a saved card against the payment it was made for. It fails only when it is canceled (domain.md,
 * States): with the card's decline as its reason, as Stripe says it or said it before, as expired where the customer never came back, as canceled where
 * somebody asked for its end. What does not match, or is a word we do not know, is quarantined and never guessed.
 */
export function judgeIntent(
  payment: Pick<PaymentRecord, "id" | "cardMinor" | "currency" | "request" | "decline">,
  intent: Intent,
  isLive: boolean,
): Verdict {
  const mismatch = mismatchOf(payment, intent, isLive);
  if (mismatch) return { kind: "quarantined", reason: mismatch };
  switch (intent.status) {
    case "succeeded":
      return succeeded(payment, intent);
    case "processing":
    case "requires_action":
      return { kind: "open", state: intent.status };
    // Declined, and not canceled yet: it is tried again at the next look.
    case "requires_payment_method":
      return { kind: "open", state: "sent" };
    case "canceled":
      return canceled(intent, payment.decline ?? intent.decline);
    default:
      return { kind: "quarantined", reason: `intent_status_${intent.status}` };
  }
}

function succeeded(payment: Pick<PaymentRecord, "cardMinor" | "currency">, intent: Intent): Verdict {
  const { charge } = intent;
  if (!charge) return { kind: "quarantined", reason: "paid_without_charge" };
  if (charge.amountMinor !== payment.cardMinor || charge.currency !== payment.currency) {
    return { kind: "quarantined", reason: "charge_differs" };
  }
  return { kind: "succeeded", charge, intentId: intent.id };
}

function canceled({ cancellationReason }: Intent, decline: Decline | null): Verdict {
  if (decline) return { kind: "ended", state: "failed", code: decline.code, decline };
  return cancellationReason === "abandoned"
    ? { kind: "ended", state: "expired", code: "expired" }
    : { kind: "ended", state: "canceled", code: "canceled" };
}
