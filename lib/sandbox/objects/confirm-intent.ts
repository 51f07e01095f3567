import type Stripe from "stripe";
import { type ApiError, invalidRequest } from "@/lib/sandbox/http/api-error";
import { endPendingCharge, newCharge } from "@/lib/sandbox/objects/charges";
import { followPaymentIntent } from "@/lib/sandbox/objects/checkout-outcome";
import { openDispute } from "@/lib/sandbox/objects/disputes";
import { warnOfFraud } from "@/lib/sandbox/objects/early-fraud-warnings";
import {
  adviceOf,
  attach,
  cardError,
  cardOf,
  delayedTypes,
  noteSetUp,
  noteSpent,
  redirectTypes,
} from "@/lib/sandbox/objects/payment-methods";
import type { Decline, TestCard } from "@/lib/sandbox/objects/test-cards";
import type { World } from "@/lib/sandbox/world";

export interface Confirmation {
  method: Stripe.PaymentMethod;
  offSession: boolean;
  returnUrl: string | null;
  /** What a delayed method does later; null waits for a control call. Absent: it succeeds. */
  later?: "succeeds" | "fails" | null;
  afterMs?: number;
}

/** The intent after an attempt, and the refusal if the attempt was declined. */
export interface Attempt {
  intent: Stripe.PaymentIntent;
  declined: ApiError | null;
}

const authenticationRequired: Decline = {
  code: "authentication_required",
  declineCode: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
  advice: "confirm_card_data",
  network: { declineCode: "65" },
};

const notAuthenticated: Decline = {
  code: "payment_intent_authentication_failure",
  declineCode: "",
  message:
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
  advice: "try_again_later",
};

const notAuthorized: Decline = {
  code: "payment_intent_payment_attempt_failed",
  declineCode: "",
  message: "The payment was not authorised. Please choose a different payment method and try again.",
  advice: "try_again_later",
};

const notDebited: Decline = {
  code: "payment_intent_payment_attempt_failed",
  declineCode: "insufficient_funds",
  message: "The customer's account has insufficient funds to cover this payment.",
  advice: "try_again_later",
};

/** One attempt to pay: succeeds, is declined, needs the customer, or takes days. */
export function confirmPaymentIntent(
  world: World,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation,
): Attempt {
  const { method, offSession } = confirmation;
  if (!intent.payment_method_types.includes(method.type)) {
    throw invalidRequest(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a ` +
        `PaymentMethod of one of the following types: ${intent.payment_method_types.join(", ")}.`,
      { code: "payment_intent_incompatible_payment_method", param: "payment_method" },
    );
  }
  if (delayedTypes.includes(method.type)) return startDelayed(world, intent, confirmation);
  const card = cardOf(world, method.id);
  const isSetUp = world.store.get("$instrument", method.id)?.setUp === true;
  const asksCustomer =
    redirectTypes.includes(method.type) ||
    card?.authentication === "always" ||
    (card?.authentication === "until_set_up" && !isSetUp);
  if (!asksCustomer) return charge(world, intent, method, false);
  if (offSession) return decline(world, intent, method, authenticationRequired, { withCharge: true });
  return askCustomer(world, intent, confirmation);
}

/** The customer's answer to the 3-D Secure or wallet page. */
export function answerPaymentIntent(
  world: World,
  intent: Stripe.PaymentIntent,
  answer: "approve" | "fail",
): Attempt {
  const attempt = world.store.get("$attempt", intent.id);
  const method = attempt && world.store.get("payment_method", attempt.paymentMethod);
  if (intent.status !== "requires_action" || !method) {
    throw invalidRequest("This PaymentIntent does not wait for the customer.", {
      code: "payment_intent_unexpected_state",
    });
  }
  world.store.delete("$attempt", intent.id);
  if (answer === "approve") return charge(world, intent, method, true);
  const failure = method.type === "card" ? notAuthenticated : notAuthorized;
  return decline(world, intent, method, failure, { withCharge: false });
}

/** The end of a delayed payment: the bank has paid, or not. */
export function settleDelayed(
  world: World,
  intent: Stripe.PaymentIntent,
  outcome: "succeeds" | "fails",
): void {
  const attempt = world.store.get("$attempt", intent.id);
  const pending = world.store.get("charge", String(intent.latest_charge));
  const method = attempt && world.store.get("payment_method", attempt.paymentMethod);
  if (intent.status !== "processing" || !pending || !method) return;
  world.store.delete("$attempt", intent.id);
  if (outcome === "succeeds") {
    endPendingCharge(world, pending, null);
    changed(world, intent, { status: "succeeded", amount_received: intent.amount, processing: null });
    return;
  }
  endPendingCharge(world, pending, notDebited);
  const error = paymentError(notDebited, method, pending.id);
  const patch = { status: "requires_payment_method", payment_method: null, last_payment_error: error };
  changed(world, intent, patch, "payment_intent.payment_failed");
}

function charge(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  authenticated: boolean,
): Attempt {
  const card = cardOf(world, method.id);
  if (card?.onCharge) return decline(world, intent, method, card.onCharge, { withCharge: true });
  const made = newCharge(world, { intent, method, authenticated, outcome: "succeeded" });
  saveMethod(world, intent, method, authenticated);
  const succeeded = changed(world, intent, {
    status: "succeeded",
    amount_received: intent.amount,
    latest_charge: made.id,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  });
  if (card?.afterwards) follow(world, made.id, card.afterwards);
  return { intent: succeeded, declined: null };
}

/** What a test card brings after it has paid. */
function follow(world: World, chargeId: string, what: NonNullable<TestCard["afterwards"]>): void {
  if (what === "warning") warnOfFraud(world, chargeId);
  else openDispute(world, chargeId, { kind: what === "inquiry" ? "inquiry" : "chargeback" });
}

/** Keeps the method for later if the customer agreed to it; one that is not kept cannot be used again. */
function saveMethod(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  authenticated: boolean,
): void {
  const isKept = intent.setup_future_usage !== null && !redirectTypes.includes(method.type);
  if (intent.customer && isKept) attach(world, method, String(intent.customer), "limited");
  else if (!method.customer) noteSpent(world, method.id);
  if (authenticated && intent.setup_future_usage === "off_session") noteSetUp(world, method.id);
}

function decline(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  reason: Decline,
  { withCharge }: { withCharge: boolean },
): Attempt {
  const failed = withCharge
    ? newCharge(world, { intent, method, authenticated: false, outcome: reason })
    : null;
  const error = paymentError(reason, method, failed?.id);
  const after = changed(
    world,
    intent,
    {
      status: "requires_payment_method",
      payment_method: null,
      next_action: null,
      last_payment_error: error,
      ...(failed ? { latest_charge: failed.id } : {}),
    },
    "payment_intent.payment_failed",
  );
  const more = { payment_intent: after, payment_method: method, ...(failed ? { charge: failed.id } : {}) };
  return { intent: after, declined: cardError(reason, more) };
}

function askCustomer(
  world: World,
  intent: Stripe.PaymentIntent,
  { method, returnUrl }: Confirmation,
): Attempt {
  world.store.put("$attempt", { id: intent.id, paymentMethod: method.id, returnUrl });
  const redirect = { return_url: returnUrl, url: `${world.baseUrl}/c/authenticate/${intent.id}` };
  const next: Stripe.PaymentIntent.NextAction =
    method.type === "alipay"
      ? {
          type: "alipay_handle_redirect",
          alipay_handle_redirect: { ...redirect, native_data: null, native_url: null },
        }
      : { type: "redirect_to_url", redirect_to_url: redirect };
  const patch = { status: "requires_action", payment_method: method.id, next_action: next };
  return { intent: changed(world, intent, patch), declined: null };
}

function startDelayed(world: World, intent: Stripe.PaymentIntent, confirmation: Confirmation): Attempt {
  const { method, later = "succeeds", returnUrl, afterMs = world.delayedMs } = confirmation;
  world.store.put("$attempt", { id: intent.id, paymentMethod: method.id, returnUrl });
  const pending = newCharge(world, { intent, method, authenticated: false, outcome: "pending" });
  saveMethod(world, intent, method, false);
  const processing = changed(world, intent, {
    status: "processing",
    latest_charge: pending.id,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  });
  if (later) {
    const dueMs = world.clock.nowMs() + afterMs;
    world.plan({ kind: "settle_intent", dueMs, intent: intent.id, outcome: later });
  }
  return { intent: processing, declined: null };
}

/** Puts the new version, tells it, and lets the Checkout Session follow. */
function changed(
  world: World,
  before: Stripe.PaymentIntent,
  patch: Partial<Stripe.PaymentIntent>,
  event?: string,
): Stripe.PaymentIntent {
  const after = world.store.put("payment_intent", { ...before, ...patch });
  world.emit(event ?? `payment_intent.${after.status}`, after);
  followPaymentIntent(world, after);
  return after;
}

function paymentError(
  reason: Decline,
  method: Stripe.PaymentMethod,
  charge: string | undefined,
): Stripe.PaymentIntent.LastPaymentError {
  return {
    type: reason === notAuthenticated || reason === notAuthorized ? "invalid_request_error" : "card_error",
    code: reason.code,
    doc_url: `https://docs.stripe.com/error-codes#${reason.code.replaceAll("_", "-")}`,
    message: reason.message,
    payment_method: method,
    ...adviceOf(reason),
    ...(reason.declineCode === "" ? {} : { decline_code: reason.declineCode }),
    ...(charge ? { charge } : {}),
  };
}
