import Stripe from "stripe";
import { checkoutLocale } from "./checkout-locale";
import { outcomeOf } from "./outcome";
import type { Card, CardGateway, CardSetupRequest, Decline, Intent, IntentRequest } from "./port";
import { chargeOf, idOf } from "./stripe-charges";

const expand = ["latest_charge.balance_transaction"];

/** The part of the gateway that is about saved cards. */
export function stripeCards(stripe: Stripe): CardGateway {
  return {
    createIntent: (request, key) =>
      outcomeOf(() =>
        evenDeclined(stripe, () =>
          stripe.paymentIntents.create(intentParams(request), { idempotencyKey: key }),
        ),
      ),
    readIntent: (id) => outcomeOf(async () => intentOf(await stripe.paymentIntents.retrieve(id, { expand }))),
    cancelIntent: (id, reason) =>
      outcomeOf(async () =>
        intentOf(await stripe.paymentIntents.cancel(id, { cancellation_reason: reason, expand })),
      ),
    findIntents: (stripeCustomerId, paymentId) =>
      outcomeOf(() => findIntents(stripe, stripeCustomerId, paymentId)),
    createCardSetup: (request, key) =>
      outcomeOf(async () => {
        const made = await stripe.checkout.sessions.create(setupParams(request), { idempotencyKey: key });
        if (!made.url) throw new Error("an open page has its address");
        return { url: made.url };
      }),
    listCards: (stripeCustomerId) => outcomeOf(() => listCards(stripe, stripeCustomerId)),
    readCard: (id) => outcomeOf(async () => cardOf(await stripe.paymentMethods.retrieve(id))),
    detachCard: (id) => outcomeOf(async () => cardOf(await stripe.paymentMethods.detach(id))),
  };
}

/** Null for what is no card, such as a bank account. */
export function cardOf(method: Stripe.PaymentMethod): Card | null {
  const { card } = method;
  if (!card) return null;
  return {
    id: method.id,
    stripeCustomerId: idOf(method.customer),
    fingerprint: card.fingerprint ?? null,
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month,
    expYear: card.exp_year,
  };
}

/** The same request gives the same bytes: an idempotency key is compared with its parameters. */
function intentParams(request: IntentRequest): Stripe.PaymentIntentCreateParams {
  return {
    amount: Number(request.amountMinor),
    currency: request.currency.toLowerCase(),
    customer: request.stripeCustomerId,
    payment_method: request.stripePaymentMethodId,
    allowed_payment_method_types: ["card"],
    capture_method: "automatic_async",
    confirm: true,
    description: request.description,
    metadata: { payment: request.paymentId, customer: request.customerId },
    // With a way back Stripe asks on a page of its own; without one it would want its script on ours.
    ...(request.isOffSession ? { off_session: true } : { return_url: request.returnUrl }),
    expand,
  };
}

function setupParams(request: CardSetupRequest): Stripe.Checkout.SessionCreateParams {
  const metadata = { customer: request.customerId };
  return {
    mode: "setup",
    allowed_payment_method_types: ["card"],
    // A card that Link keeps cannot be charged without its customer, as on the page that pays.
    wallet_options: { link: { display: "never" } },
    customer: request.stripeCustomerId,
    metadata,
    setup_intent_data: { metadata },
    locale: checkoutLocale(request.locale),
    success_url: request.successUrl,
    cancel_url: request.cancelUrl,
  };
}

/** Stripe answers 402 for a card that was declined, with the intent as it is then. */
async function evenDeclined(stripe: Stripe, call: () => Promise<Stripe.PaymentIntent>): Promise<Intent> {
  try {
    return intentOf(await call());
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError && error.payment_intent) {
      const intent = intentOf(error.payment_intent);
      const blocked = await wasBlocked(stripe, error.payment_intent);
      return { ...intent, decline: withBlock(intent.decline ?? saidDecline(error), blocked) };
    }
    throw error;
  }
}

/** Only the charge says that no bank was asked: the refusal calls a block `fraudulent`, as some banks do. */
async function wasBlocked(stripe: Stripe, { latest_charge: charge }: Stripe.PaymentIntent): Promise<boolean> {
  if (!charge) return false;
  if (typeof charge !== "string") return isBlocked(charge);
  const read = await outcomeOf(async () => isBlocked(await stripe.charges.retrieve(charge)));
  return read.outcome === "succeeded" && read.value;
}

async function findIntents(stripe: Stripe, stripeCustomerId: string, paymentId: string): Promise<Intent[]> {
  const found: Intent[] = [];
  for await (const intent of stripe.paymentIntents.list({ customer: stripeCustomerId, limit: 100 })) {
    if (intent.metadata.payment !== paymentId) continue;
    found.push(intentOf(await stripe.paymentIntents.retrieve(intent.id, { expand })));
  }
  return found;
}

async function listCards(stripe: Stripe, stripeCustomerId: string): Promise<Card[]> {
  const cards: Card[] = [];
  const methods = stripe.paymentMethods.list({ customer: stripeCustomerId, type: "card", limit: 100 });
  for await (const method of methods) {
    const card = cardOf(method);
    if (card) cards.push(card);
  }
  return cards;
}

function intentOf(intent: Stripe.PaymentIntent): Intent {
  const charge = typeof intent.latest_charge === "object" ? intent.latest_charge : null;
  return {
    kind: "intent",
    id: intent.id,
    status: intent.status,
    isPaid: intent.status === "succeeded",
    isOver: intent.status === "canceled",
    intentId: intent.id,
    amountMinor: BigInt(intent.amount),
    currency: intent.currency.toUpperCase(),
    stripeCustomerId: idOf(intent.customer),
    isLive: intent.livemode,
    paymentId: intent.metadata.payment ?? null,
    actionUrl: intent.next_action?.redirect_to_url?.url ?? null,
    decline: declineOf(intent),
    cancellationReason: intent.cancellation_reason,
    // The latest charge of an intent may be one that was declined.
    charge: charge && intent.status === "succeeded" ? chargeOf(charge) : null,
  };
}

/** From the intent's last error; where that was cleared, from its last charge. */
function declineOf({
  last_payment_error: error,
  latest_charge: charge,
}: Stripe.PaymentIntent): Decline | null {
  const failed = charge && typeof charge === "object" && charge.status === "failed" ? charge : null;
  const blocked = failed !== null && isBlocked(failed);
  if (error) return withBlock(saidDecline(error), blocked);
  if (!failed) return null;
  const { outcome, failure_code } = failed;
  const decline = {
    code: outcome?.reason || failure_code || "card_declined",
    advice: outcome?.advice_code ?? null,
    networkCode: outcome?.network_decline_code ?? null,
  };
  return withBlock(decline, blocked);
}

function isBlocked({ outcome }: Stripe.Charge): boolean {
  return outcome?.type === "blocked";
}

function withBlock(decline: Decline, blocked: boolean): Decline {
  return blocked ? { ...decline, isBlocked: true } : decline;
}

/** The same words stand in the refusal of a call and in what is kept of it. */
function saidDecline(error: {
  decline_code?: string | undefined;
  code?: string | undefined;
  type: string;
  advice_code?: string | undefined;
  network_decline_code?: string | undefined;
}): Decline {
  return {
    code: error.decline_code || error.code || error.type,
    advice: error.advice_code ?? null,
    networkCode: error.network_decline_code ?? null,
  };
}
