import Stripe from "stripe";
import type { Outcome } from "./port";

/** Makes a call of the SDK and reads its answer as one of the three outcomes. */
export async function outcomeOf<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { outcome: "succeeded", value: await call() };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    if (isDefinite(error)) {
      const isUnheard = error.statusCode === 401 || error.statusCode === 403;
      const gone = goneOf(error);
      const { statusCode: status, message } = error;
      const declined = { code: wordOf(error), message, isUnheard, status };
      return { outcome: "declined", ...declined, ...(gone ? { gone } : {}) };
    }
    return { outcome: "unknown", reason: wordOf(error) };
  }
}

/** Many refusals come without a code: then Stripe's own type, as `invalid_request_error`. */
function wordOf({ code, rawType, type }: Stripe.errors.StripeError): string {
  return code ?? rawType ?? type;
}

/**
 * A definite 4xx means that nothing was created. Not 409 and 429, which say nothing of the first attempt; nor an
 * idempotency key that was used with other parameters: then something was created, only not by these bytes.
 */
function isDefinite(error: Stripe.errors.StripeError): boolean {
  const { statusCode } = error;
  if (statusCode === undefined || statusCode < 400 || statusCode > 499) return false;
  if (statusCode === 408 || statusCode === 409 || statusCode === 429) return false;
  return (
    error instanceof Stripe.errors.StripeInvalidRequestError ||
    error instanceof Stripe.errors.StripeCardError ||
    error instanceof Stripe.errors.StripeAuthenticationError ||
    error instanceof Stripe.errors.StripePermissionError
  );
}

/** What the refusal says is not there. Stripe names the parameter, or only in its sentence the kind. */
function goneOf({ code, param, message }: Stripe.errors.StripeError): "customer" | "card" | null {
  if (code === "payment_method_unexpected_state") return "card";
  if (code !== "resource_missing") return null;
  if (param === "customer" || message.startsWith("No such customer")) return "customer";
  return param === "payment_method" || /^No such payment_?method/i.test(message) ? "card" : null;
}
