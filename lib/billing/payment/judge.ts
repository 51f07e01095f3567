import type { Charge, Checkout, Decline } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import type { OpenPaymentState } from "./states";

/** What Stripe's object says about a payment of ours. */
export type Verdict =
  | { kind: "succeeded"; charge: Charge; intentId: string }
  | { kind: "open"; state: OpenPaymentState }
  | {
      kind: "ended";
      state: "failed" | "expired" | "canceled";
      code: string;
      /** Of a saved card. */
      decline?: Decline;
    }
  /** `stripeId`: the object that it is about, where that is not the payment's own. */
  | { kind: "quarantined"; reason: string; stripeId?: string };

/**
 * Judges a hosted page against the payment it was made for. Succeeded only on `payment_status: paid`; a declined card
 * is no outcome while the page is open; a delayed method that failed is one. What does not match our row, or is a
 * word we do not know, is quarantined for staff and never guessed (stripe.md; domain.md, States).
 */
export function judge(
  payment: Pick<PaymentRecord, "id" | "cardMinor" | "currency" | "request">,
  checkout: Checkout,
  isLive: boolean,
): Verdict {
  const mismatch = mismatchOf(payment, checkout, isLive);
  if (mismatch) return { kind: "quarantined", reason: mismatch };
  const intentStatus = checkout.intent?.status ?? null;
  switch (checkout.status) {
    case "expired":
      return { kind: "ended", state: "expired", code: "expired" };
    case "open":
      return { kind: "open", state: intentStatus === "requires_action" ? "requires_action" : "sent" };
    case "complete":
      return completed(payment, checkout);
    default:
      return { kind: "quarantined", reason: `session_status_${checkout.status}` };
  }
}

function completed(payment: Pick<PaymentRecord, "cardMinor" | "currency">, checkout: Checkout): Verdict {
  const { charge, intent } = checkout;
  if (checkout.paymentStatus === "paid") {
    if (!charge || !intent) return { kind: "quarantined", reason: "paid_without_charge" };
    if (charge.amountMinor !== payment.cardMinor || charge.currency !== payment.currency) {
      return { kind: "quarantined", reason: "charge_differs" };
    }
    return { kind: "succeeded", charge, intentId: intent.id };
  }
  if (checkout.paymentStatus !== "unpaid") {
    return { kind: "quarantined", reason: `payment_status_${checkout.paymentStatus}` };
  }
  switch (intent?.status) {
    case "processing":
    case "requires_action":
      return { kind: "open", state: intent.status };
    case "requires_payment_method":
    case "canceled":
      return { kind: "ended", state: "failed", code: "method_failed" };
    // Between the intent's success and the session's there is a moment.
    case "succeeded":
      return { kind: "open", state: "processing" };
    default:
      return { kind: "quarantined", reason: `intent_status_${intent?.status ?? "missing"}` };
  }
}

/** What Stripe's object says of whose it is and of how much, where that is not what we asked for. */
export function mismatchOf(
  payment: Pick<PaymentRecord, "id" | "cardMinor" | "currency" | "request">,
  said: Pick<Checkout, "paymentId" | "amountMinor" | "currency" | "stripeCustomerId" | "isLive">,
  isLive: boolean,
): string | null {
  const { stripeCustomerId } = payment.request as { stripeCustomerId: string };
  if (said.paymentId !== payment.id) return "payment_differs";
  if (said.amountMinor !== payment.cardMinor) return "amount_differs";
  if (said.currency !== payment.currency) return "currency_differs";
  if (said.stripeCustomerId !== stripeCustomerId) return "customer_differs";
  if (said.isLive !== isLive) return "mode_differs";
  return null;
}
