import Stripe from "stripe";
import { ChargeLimitBook } from "./charge-limits";
import { checkoutLocale } from "./checkout-locale";
import { dashboardUrl } from "./dashboard-url";
import { instantMethods } from "./offered-methods";
import { outcomeOf } from "./outcome";
import type { Card, Checkout, CheckoutRequest, Gateway, GatewayEvent, ListFrom, Outcome, Page } from "./port";
import { readEvent } from "./read-event";
import { cardOf, stripeCards } from "./stripe-cards";
import { chargeOf, feeOf, idOf } from "./stripe-charges";
import { stripeCustomers } from "./stripe-customers";
import { stripeMoneyBack } from "./stripe-money-back";
import { listParams, pageOf, stripeMovements } from "./stripe-movements";
import { readSetup, stripeApiVersion } from "./stripe-setup";
import { verifyEvent } from "./verify-event";

export interface StripeGatewayOptions {
  secretKey: string;
  /** Two at once while one is being replaced. */
  webhookSecrets: readonly string[];
  /** The local Stripe's address; null for Stripe itself. */
  apiBase: string | null;
  /** A whole call, in milliseconds. The SDK's own default could hang a page for minutes. */
  timeoutMs?: number;
  /** What Stripe's page may offer; instantMethods, if not said. Tests allow bank debits, which may come all the same. */
  pageMethods?: readonly string[];
  /** The currencies of the host's bank accounts, until Stripe has said which. */
  settlesIn?: readonly string[];
}

/** The only place that speaks to Stripe's SDK. */
export function stripeGateway(options: StripeGatewayOptions): Gateway {
  const stripe = new Stripe(options.secretKey, {
    apiVersion: stripeApiVersion,
    timeout: options.timeoutMs ?? 12_000,
    // A call that is not answered is `unknown`; sending it again is the payment's decision, under its own rules.
    maxNetworkRetries: 0,
    telemetry: false,
    ...address(options.apiBase),
  });
  const isLive = options.secretKey.includes("_live_");
  const { pageMethods = instantMethods } = options;
  const limits = new ChargeLimitBook(options.settlesIn);
  const cards = stripeCards(stripe);
  return {
    ...stripeCustomers(stripe),
    ...cards,
    ...stripeMoneyBack(stripe),
    ...stripeMovements(stripe),
    createIntent: (request, key) => learning(limits, request, cards.createIntent(request, key)),
    isLive,
    dashboardUrl: (id) => dashboardUrl(id, { isLive, isLocal: options.apiBase !== null }),
    chargeLimits: (currency) => limits.of(currency),
    learnedLimits: () => limits.learned(),
    learnLimits: (learned) => limits.learn(learned),
    readAccount: () => outcomeOf(async () => ({ id: (await stripe.accounts.retrieveCurrent()).id, isLive })),
    readSettlement: async () => {
      const read = await readSettlement(stripe);
      if (read.outcome === "succeeded") limits.settleIn(read.value);
      return read;
    },
    createCheckout: (request, key) =>
      learning(
        limits,
        request,
        outcomeOf(async () =>
          checkoutOf(
            await stripe.checkout.sessions.create(sessionParams(request, pageMethods), {
              idempotencyKey: key,
            }),
          ),
        ),
      ),
    readCheckout: (id) =>
      outcomeOf(async () => checkoutOf(await stripe.checkout.sessions.retrieve(id, { expand }))),
    expireCheckout: (id) =>
      outcomeOf(async () => checkoutOf(await stripe.checkout.sessions.expire(id, { expand }))),
    findCheckouts: (stripeCustomerId, paymentId) =>
      outcomeOf(() => findCheckouts(stripe, stripeCustomerId, paymentId)),
    readSetup: (endpointUrl) => readSetup(stripe, endpointUrl, pageMethods),
    readFee: (chargeId) =>
      outcomeOf(async () => {
        const charge = await stripe.charges.retrieve(chargeId, { expand: ["balance_transaction"] });
        return feeOf(charge);
      }),
    undeliveredEvents: (since, types, from) => outcomeOf(() => undeliveredEvents(stripe, since, types, from)),
    verifyEvent: (body, signature, now) => verifyEvent(stripe, options.webhookSecrets, body, signature, now),
  };
}

const expand = ["payment_intent.latest_charge.balance_transaction", "payment_intent.payment_method"];

function address(apiBase: string | null) {
  if (!apiBase) return {};
  const { hostname, port, protocol } = new URL(apiBase);
  return { host: hostname, port, protocol: protocol === "https:" ? ("https" as const) : ("http" as const) };
}

/** Remembers what Stripe refuses for its size. */
async function learning<T>(
  limits: ChargeLimitBook,
  { currency, amountMinor }: { currency: string; amountMinor: string },
  call: Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const outcome = await call;
  if (outcome.outcome === "declined") limits.refused(currency, BigInt(amountMinor), outcome.code);
  return outcome;
}

/**
 * The currencies of the host's bank accounts, the one that others are converted into first. A restricted key may be kept
 * from the balance or from the account: then the other says what it knows.
 */
async function readSettlement(stripe: Stripe): Promise<Outcome<string[]>> {
  const [account, balance] = await Promise.all([
    outcomeOf(() => stripe.accounts.retrieveCurrent()),
    outcomeOf(() => stripe.balance.retrieve()),
  ]);
  if (account.outcome === "unknown") return account;
  if (balance.outcome === "unknown") return balance;
  const first = account.outcome === "succeeded" ? account.value.default_currency : null;
  const others = balance.outcome === "succeeded" ? balance.value.available : [];
  const all = [...(first ? [first] : []), ...others.map(({ currency }) => currency)];
  if (all.length === 0 && account.outcome === "declined") return account;
  const said = all.length > 0 ? all : ["usd"];
  return { outcome: "succeeded", value: [...new Set(said.map((currency) => currency.toUpperCase()))] };
}

/**
 * The same request gives the same bytes: an idempotency key is compared with its parameters. What the account's Dashboard
 * could switch and money depends on is said. Where the card is to be kept, only what can be kept is offered.
 */
function sessionParams(
  request: CheckoutRequest,
  pageMethods: readonly string[],
): Stripe.Checkout.SessionCreateParams {
  const metadata = { payment: request.paymentId, customer: request.customerId };
  const intent = { metadata, capture_method: "automatic_async" as const };
  return {
    mode: "payment",
    customer: request.stripeCustomerId,
    client_reference_id: request.paymentId,
    metadata,
    adaptive_pricing: { enabled: false },
    ...(request.savesCard
      ? {
          allowed_payment_method_types: ["card"],
          wallet_options: { link: { display: "never" } },
          payment_intent_data: { ...intent, setup_future_usage: "off_session" },
        }
      : { allowed_payment_method_types: [...pageMethods], payment_intent_data: intent }),
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: request.currency.toLowerCase(),
          unit_amount: Number(request.amountMinor),
          product_data: { name: request.description },
        },
      },
    ],
    locale: checkoutLocale(request.locale),
    success_url: request.successUrl,
    cancel_url: request.cancelUrl,
    expires_at: request.expiresAt,
    expand,
  };
}

async function findCheckouts(
  stripe: Stripe,
  stripeCustomerId: string,
  paymentId: string,
): Promise<Checkout[]> {
  const found: Checkout[] = [];
  const sessions = stripe.checkout.sessions.list({ customer: stripeCustomerId, limit: 100 });
  for await (const session of sessions) {
    if (session.metadata?.payment !== paymentId) continue;
    found.push(checkoutOf(await stripe.checkout.sessions.retrieve(session.id, { expand })));
  }
  return found;
}

/** Not every event of the account: what other endpoints have missed is theirs, so only the types of ours are asked for. */
async function undeliveredEvents(
  stripe: Stripe,
  since: Date,
  types: readonly string[],
  from?: ListFrom,
): Promise<Page<GatewayEvent>> {
  const params = { ...listParams(since, from), delivery_success: false, types: [...types] };
  return pageOf(await stripe.events.list(params), (event) => readEvent(event, since));
}

function checkoutOf(session: Stripe.Checkout.Session): Checkout {
  const intent = typeof session.payment_intent === "object" ? session.payment_intent : null;
  const charge = intent && typeof intent.latest_charge === "object" ? intent.latest_charge : null;
  return {
    kind: "checkout",
    id: session.id,
    status: session.status ?? "missing",
    paymentStatus: session.payment_status,
    isPaid: session.payment_status === "paid",
    isOver: session.status === "expired",
    url: session.url,
    amountMinor: BigInt(session.amount_total ?? 0),
    currency: (session.currency ?? "").toUpperCase(),
    stripeCustomerId: idOf(session.customer),
    isLive: session.livemode,
    paymentId: session.metadata?.payment ?? null,
    expiresAt: new Date(session.expires_at * 1000),
    intent: intent ? { id: intent.id, status: intent.status } : null,
    intentId: intent?.id ?? null,
    charge: charge ? chargeOf(charge) : null,
    savedCard: intent ? savedCardOf(intent) : null,
  };
}

/** The card that the customer wanted to keep; it is theirs once it has paid. */
function savedCardOf(intent: Stripe.PaymentIntent): Card | null {
  const { payment_method: method, setup_future_usage, status } = intent;
  if (setup_future_usage !== "off_session" || status !== "succeeded") return null;
  return method && typeof method === "object" ? cardOf(method) : null;
}
