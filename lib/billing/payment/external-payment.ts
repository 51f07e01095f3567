import type { CheckoutRequest } from "@/lib/gateway/port";
import type { PaymentId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import type { Decision } from "../decision";
import type { World } from "../world";

/** Within Stripe's 30 minutes to 24 hours; long enough for a person to find their card. */
const checkoutLifeMs = 45 * 60_000;

export interface ExternalPayment {
  id: PaymentId;
  kind: "invoices" | "top_up";
  origin: "customer" | "link";
  currency: Currency;
  /** Minor units. */
  amounts: {
    funding: "card" | "balance" | "combined";
    balanceMinor: bigint;
    cardMinor: bigint;
    excessMinor: bigint;
  };
  contentHash: string;
  stripeCustomerId: string;
  locale: string;
  /** What Stripe's page says it is for. */
  description: string;
}

/** Adds a payment that Stripe is about to be asked for: everything the call will say is stored before it is made. */
export function addExternalPayment(world: World, decision: Decision, payment: ExternalPayment): void {
  const { now, customerId, userId } = decision.context;
  const { id, kind, currency, amounts } = payment;
  const expiresAt = new Date(now.getTime() + checkoutLifeMs);
  const returnUrl = `${world.portalUrl}/return/${id}`;
  const request: CheckoutRequest = {
    stripeCustomerId: payment.stripeCustomerId,
    paymentId: id,
    customerId,
    currency,
    amountMinor: amounts.cardMinor.toString(),
    description: payment.description,
    locale: payment.locale,
    successUrl: `${returnUrl}?from=paid`,
    cancelUrl: `${returnUrl}?from=back`,
    expiresAt: Math.floor(expiresAt.getTime() / 1000),
  };
  decision.changes.payments.push({
    id,
    kind,
    funding: amounts.funding,
    origin: payment.origin,
    state: "created",
    currency,
    balance_minor: amounts.balanceMinor,
    card_minor: amounts.cardMinor,
    excess_minor: amounts.excessMinor,
    content_hash: payment.contentHash,
    request_key: `${world.environment}/${customerId}/${id}/checkout`,
    request,
    user_id: userId,
    send_count: 1,
    first_sent_at: now,
    expires_at: expiresAt,
    next_poll_at: new Date(now.getTime() + 60_000),
    created_at: now,
    ended_at: null,
  });
}
