import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { reachCheckout, sendCheckout } from "./reach";
import { reachIntent, sendIntent } from "./reach-intent";
import type { Reached } from "./reached";

/** Ids of Stripe's that an event named, for a payment whose own row never learned them. */
export interface ReachHint {
  sessionId?: string | undefined;
  intentId?: string | undefined;
}

/** Finds out what Stripe knows of an external payment, however it is charged. Moves nothing of the ledger. */
export function reachPayment(world: World, payment: PaymentRecord, hint: ReachHint = {}): Promise<Reached> {
  return payment.paymentMethodId
    ? reachIntent(world, payment, hint.intentId)
    : reachCheckout(world, payment, hint.sessionId);
}

/** Makes the first call to Stripe for a payment that was just stored. */
export function sendPayment(world: World, payment: PaymentRecord): Promise<Reached> {
  return payment.paymentMethodId ? sendIntent(world, payment) : sendCheckout(world, payment);
}
