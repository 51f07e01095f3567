import type Stripe from "stripe";
import type { PayOutcome } from "@/lib/sandbox/control";
import { invalidRequest, noSuch } from "@/lib/sandbox/http/api-error";
import {
  type Attempt,
  answerPaymentIntent,
  confirmPaymentIntent,
} from "@/lib/sandbox/objects/confirm-intent";
import { newPaymentIntent } from "@/lib/sandbox/objects/new-payment-intent";
import { laterYear, newCard, newOtherMethod, type Wallet } from "@/lib/sandbox/objects/payment-methods";
import {
  answerSetupIntent,
  confirmSetupIntent,
  type SetupAttempt,
} from "@/lib/sandbox/objects/setup-intents";
import type { TestCard } from "@/lib/sandbox/objects/test-cards";
import type { World } from "@/lib/sandbox/world";

/** What a customer chooses on the hosted page. */
export type Choice =
  | {
      method: "card";
      card: TestCard;
      expMonth?: number;
      expYear?: number;
      email?: string | null;
      wallet?: Wallet;
    }
  | { method: "sepa_debit" | "us_bank_account"; later: "succeeds" | "fails" | null; afterMs?: number }
  | { method: "alipay" }
  | { method: "link"; inPlaceOfCard?: boolean };

/**
 * One attempt on the hosted page, from the browser or from a control call: both take this way. The session's
 * PaymentIntent is made at the first attempt, and the later ones are attempts on the same.
 */
export function payThroughSession(world: World, sessionId: string, choice: Choice): Attempt | SetupAttempt {
  const session = openSession(world, sessionId);
  const isSubstituted = choice.method === "link" && choice.inPlaceOfCard === true;
  if (!isSubstituted && !session.payment_method_types.includes(choice.method)) {
    throw invalidRequest(`This session does not offer ${choice.method}.`);
  }
  const email = emailOf(world, session);
  const method =
    choice.method === "card"
      ? newCard(
          world,
          {
            ...laterYear(world),
            ...definite(choice),
            card: choice.card,
            ...(choice.wallet && { wallet: choice.wallet }),
          },
          email,
        )
      : newOtherMethod(world, choice.method, email);
  if (session.mode === "setup") {
    const setup = world.store.get("setup_intent", String(session.setup_intent));
    if (!setup) throw noSuch("setupintent", String(session.setup_intent));
    return confirmSetupIntent(world, setup, method, session.success_url);
  }
  const made = intentOf(world, session);
  const intent = isSubstituted ? { ...made, payment_method_types: ["card", "link"] } : made;
  const delayed = choice.method === "sepa_debit" || choice.method === "us_bank_account";
  return confirmPaymentIntent(world, intent, {
    method,
    offSession: false,
    returnUrl: session.success_url,
    ...(delayed
      ? { later: choice.later, ...(choice.afterMs === undefined ? {} : { afterMs: choice.afterMs }) }
      : {}),
  });
}

function definite({ expMonth, expYear }: { expMonth?: number; expYear?: number }) {
  return expMonth === undefined || expYear === undefined ? {} : { expMonth, expYear };
}

/** The customer's answer to 3-D Secure, or at the wallet. */
export function answerIntent(
  world: World,
  intentId: string,
  answer: "approve" | "fail",
): Attempt | SetupAttempt {
  const payment = world.store.get("payment_intent", intentId);
  if (payment) return answerPaymentIntent(world, payment, answer);
  const setup = world.store.get("setup_intent", intentId);
  if (setup) return answerSetupIntent(world, setup, answer);
  throw noSuch("intent", intentId);
}

/** The session, if it can be paid still. */
export function openSession(world: World, id: string): Stripe.Checkout.Session {
  const session = world.store.get("checkout.session", id);
  if (!session) throw noSuch("checkout.session", id, "session");
  if (session.status !== "open")
    throw invalidRequest(`This Checkout Session has a status of ${String(session.status)}.`);
  return session;
}

/**
 * Opens an expired session again, for the case that Stripe reports a success too late. No real session does this;
 * what the portal sees is what it would see of two messages that crossed.
 */
export function reopenSession(world: World, id: string): void {
  const session = world.store.get("checkout.session", id);
  if (session?.status !== "expired") return;
  world.store.put("checkout.session", { ...session, status: "open" });
  const intent = session.payment_intent
    ? world.store.get("payment_intent", String(session.payment_intent))
    : undefined;
  if (intent?.status !== "canceled") return;
  world.store.put("payment_intent", {
    ...intent,
    status: "requires_payment_method",
    canceled_at: null,
    cancellation_reason: null,
  });
}

/** The session that an intent belongs to. */
export function sessionOfIntent(world: World, intentId: string): Stripe.Checkout.Session | null {
  const field = intentId.startsWith("seti_") ? "setup_intent" : "payment_intent";
  const [session] = world.store.table("checkout.session").newestFirst({ field, value: intentId });
  return session ?? null;
}

/** Where the customer is sent when all is done. */
export function successUrl(session: Stripe.Checkout.Session): string | null {
  return session.success_url?.replaceAll("{CHECKOUT_SESSION_ID}", session.id) ?? null;
}

/** How it stands with a session, for the control client. */
export function outcomeOf(
  world: World,
  session: Stripe.Checkout.Session | null,
  attempt: Attempt | SetupAttempt | null,
): PayOutcome {
  const intent =
    attempt?.intent ??
    (session?.payment_intent
      ? world.store.get("payment_intent", String(session.payment_intent))
      : undefined) ??
    (session?.setup_intent ? world.store.get("setup_intent", String(session.setup_intent)) : undefined);
  const refusal = attempt?.declined?.body;
  return {
    sessionStatus: session?.status ?? "none",
    paymentStatus: session?.payment_status ?? "none",
    paymentIntent: intent?.object === "payment_intent" ? intent.id : null,
    setupIntent: intent?.object === "setup_intent" ? intent.id : null,
    intentStatus: intent?.status ?? null,
    error: refusal
      ? { code: refusal.code ?? null, declineCode: refusal.decline_code ?? null, message: refusal.message }
      : null,
    redirectUrl: session?.status === "complete" ? successUrl(session) : null,
  };
}

function intentOf(world: World, session: Stripe.Checkout.Session): Stripe.PaymentIntent {
  const known = session.payment_intent
    ? world.store.get("payment_intent", String(session.payment_intent))
    : undefined;
  if (known) return known;
  const checkout = world.store.get("$checkout", session.id);
  if (!checkout || session.amount_total === null || session.currency === null) {
    throw invalidRequest("This session has nothing to pay.");
  }
  const intent = newPaymentIntent(world, {
    ...checkout.intent,
    amount: session.amount_total,
    currency: session.currency,
    customer: session.customer ? String(session.customer) : null,
    allowedTypes: session.allowed_payment_method_types,
    types: session.payment_method_types,
    allowsRedirects: true,
  });
  world.store.put("checkout.session", { ...session, payment_intent: intent.id });
  return intent;
}

function emailOf(world: World, session: Stripe.Checkout.Session): string | null {
  const customer = session.customer ? world.store.get("customer", String(session.customer)) : undefined;
  return (customer && !customer.deleted ? customer.email : null) ?? session.customer_email;
}
