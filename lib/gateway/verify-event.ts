import Stripe from "stripe";
import type { GatewayEvent } from "./port";

const toleranceSeconds = 300;

/**
 * The event in a webhook's body, if one of the secrets signed it within 300 seconds of now, either way: the SDK alone
 * accepts timestamps in the future. Null otherwise; which of the reasons it was is nobody's business outside.
 */
export function verifyEvent(
  stripe: Stripe,
  secrets: readonly string[],
  body: string,
  signature: string | null,
  now: Date,
): GatewayEvent | null {
  if (!signature) return null;
  const signedAt = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1]);
  const nowSeconds = Math.floor(now.getTime() / 1000);
  if (!Number.isFinite(signedAt) || Math.abs(nowSeconds - signedAt) > toleranceSeconds) return null;
  for (const secret of secrets) {
    const event = constructed(stripe, body, signature, secret, nowSeconds);
    if (event) return event;
  }
  return null;
}

function constructed(
  stripe: Stripe,
  body: string,
  signature: string,
  secret: string,
  nowSeconds: number,
): GatewayEvent | null {
  try {
    const signed = stripe.webhooks.constructEvent(
      body,
      signature,
      secret,
      toleranceSeconds,
      undefined,
      nowSeconds * 1000,
    ) as Stripe.Event | null;
    return signed?.object === "event" ? eventOf(signed) : null;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return null;
    // A signed body that is no JSON is no event, as one that is something else.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function eventOf(event: Stripe.Event): GatewayEvent {
  return {
    id: event.id,
    type: event.type,
    createdAt: new Date(event.created * 1000),
    isLive: event.livemode,
    payload: event,
  };
}
