import type { CheckoutRequest, IntentRequest } from "@/lib/gateway/port";
import { type CustomerId, type PaymentId, uuidv7 } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { consentTextVersion } from "../auto-pay/charge-consent";
import type { Decision } from "../decision";
import type { World } from "../world";
import type { KnownWay } from "./charge-way";

/** Within Stripe's 30 minutes to 24 hours; long enough for a person to find their card, or to answer their bank. */
const lifeMs = 45 * 60_000;

export interface ExternalPayment {
  id: PaymentId;
  kind: "invoices" | "top_up";
  /** `auto`: nobody is there to answer a question of the bank's. */
  origin: "customer" | "link" | "auto";
  currency: Currency;
  /** Minor units. */
  amounts: {
    funding: "card" | "balance" | "combined";
    balanceMinor: bigint;
    cardMinor: bigint;
    excessMinor: bigint;
  };
  contentHash: string;
  way: KnownWay;
  stripeCustomerId: string;
  locale: string;
  /** What Stripe's page says it is for. */
  description: string;
}

/** Adds a payment that Stripe is about to be asked for: everything the call will say is stored before it is made. */
export function addExternalPayment(world: World, decision: Decision, payment: ExternalPayment): void {
  const { now, customerId, userId } = decision.context;
  const { id, kind, currency, amounts, way } = payment;
  const expiresAt = new Date(now.getTime() + lifeMs);
  decision.changes.payments.push({
    id,
    kind,
    funding: amounts.funding,
    origin: payment.origin,
    state: "created",
    currency,
    balance_minor: amounts.balanceMinor,
    card_minor: amounts.cardMinor,
    bank_minor: 0n,
    excess_minor: amounts.excessMinor,
    content_hash: payment.contentHash,
    request_key: `${world.environment}/${customerId}/${id}/${way.by === "card" ? "intent" : "checkout"}`,
    request: requestOf(world, customerId, payment, expiresAt),
    payment_method_id: way.by === "card" ? way.card.id : null,
    user_id: userId,
    send_count: 1,
    first_sent_at: now,
    expires_at: expiresAt,
    next_poll_at: new Date(now.getTime() + 60_000),
    created_at: now,
    ended_at: null,
  });
  if (way.by !== "page" || !way.savesCard || !userId) return;
  decision.changes.charge_consents.push({
    id: uuidv7(decision.context.clock),
    payment_id: id,
    text_version: consentTextVersion,
    purposes: "{card_on_file}",
    currency,
    user_id: userId,
    address: way.address ?? null,
    agreed_at: now,
  });
}

function requestOf(
  world: World,
  customerId: CustomerId,
  payment: ExternalPayment,
  expiresAt: Date,
): CheckoutRequest | IntentRequest {
  const { id, way } = payment;
  const returnUrl = `${world.portalUrl}/return/${id}`;
  const common = {
    stripeCustomerId: payment.stripeCustomerId,
    paymentId: id,
    customerId,
    currency: payment.currency,
    amountMinor: payment.amounts.cardMinor.toString(),
    description: payment.description,
  };
  if (way.by === "card") {
    return {
      ...common,
      stripePaymentMethodId: way.card.stripePaymentMethodId,
      isOffSession: payment.origin === "auto",
      returnUrl: `${returnUrl}?from=paid`,
    };
  }
  return {
    ...common,
    locale: payment.locale,
    successUrl: `${returnUrl}?from=paid`,
    cancelUrl: `${returnUrl}?from=back`,
    expiresAt: Math.floor(expiresAt.getTime() / 1000),
    ...(way.savesCard ? { savesCard: true } : {}),
  };
}
