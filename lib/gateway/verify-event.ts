import Stripe from "stripe";
import { assert } from "@/lib/kernel/assert";
import type { GatewayEvent } from "./port";
import { notAnEvent, readEvent } from "./read-event";

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
  const isSigned = secrets.some((secret) => isSignedBy(stripe, body, signature, secret, nowSeconds));
  return isSigned ? eventIn(body, now) : null;
}

function isSignedBy(
  { webhooks }: Stripe,
  body: string,
  signature: string,
  secret: string,
  nowSeconds: number,
): boolean {
  const header = webhooks.signature;
  assert(header, "the SDK checks signatures");
  try {
    return header.verifyHeader(body, signature, secret, toleranceSeconds, undefined, nowSeconds * 1000);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

/** Null for nothing at all. What is signed and no event is one that says nothing, and is kept as it came. */
function eventIn(body: string, now: Date): GatewayEvent | null {
  if (body === "") return null;
  const said = jsonIn(body);
  const isEvent = typeof said === "object" && said !== null && Object.hasOwn(said, "object");
  if (isEvent && (said as { object: unknown }).object === "event") return readEvent(said, now);
  return readEvent({ [notAnEvent]: said ?? body }, now);
}

/** Undefined for what is none. */
function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body) ?? undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
