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

/** Where Stripe's object says otherwise than we asked for: whose it is, or how much. */
export type Mismatch =
  | "payment_differs"
  | "amount_differs"
  | "currency_differs"
  | "customer_differs"
  | "mode_differs";

type Asked = Pick<PaymentRecord, "id" | "cardMinor" | "currency" | "request">;
type Said = Pick<Checkout, "paymentId" | "amountMinor" | "currency" | "stripeCustomerId" | "isLive">;

/** All of them, the worst first. */
export function mismatchesOf(payment: Asked, said: Said, isLive: boolean): Mismatch[] {
  const { stripeCustomerId } = payment.request as { stripeCustomerId: string };
  const differs: Record<Mismatch, boolean> = {
    payment_differs: said.paymentId !== payment.id,
    amount_differs: said.amountMinor !== payment.cardMinor,
    currency_differs: said.currency !== payment.currency,
    customer_differs: said.stripeCustomerId !== stripeCustomerId,
    mode_differs: said.isLive !== isLive,
  };
  return (Object.keys(differs) as Mismatch[]).filter((one) => differs[one]);
}

/** The first of them; null if all of it fits. */
export function mismatchOf(payment: Asked, said: Said, isLive: boolean): Mismatch | null {
  return mismatchesOf(payment, said, isLive)[0] ?? null;
}
