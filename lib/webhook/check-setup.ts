import { checkStripe, type StripeCheck } from "@/lib/billing/reconciliation/check-stripe";
import type { World } from "@/lib/billing/world";
import { stripeApiVersion } from "@/lib/gateway/stripe-setup";
import { handledTypes } from "./dispatch";

/** The host's setup at Stripe beside what events are handled here, and in which version they are read. */
export function checkSetup(world: World): Promise<StripeCheck> {
  return checkStripe(world, { apiVersion: stripeApiVersion, events: handledTypes });
}
