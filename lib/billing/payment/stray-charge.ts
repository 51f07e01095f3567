import type { Charge } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { mismatchOf } from "./judge";
import type { ReachHint } from "./reach-payment";
import { type Reached, reasonOf } from "./reached";

/** Money that Stripe took by an object that names a payment of ours and is not the payment's own. */
export interface StrayCharge {
  charge: Charge;
  intentId: string;
  /** What differs from what we asked for; null if all of it fits. */
  reason: string | null;
}

export type Stray =
  | { kind: "none" }
  | { kind: "unknown"; reason: string }
  | ({ kind: "stray" } & StrayCharge);

const none: Stray = { kind: "none" };

/**
 * What an event or the nightly pass named beside the payment's own object. Nothing of it is stored here. `reached` is
 * what is known of the payment itself: an intent may belong to its page.
 */
export async function strayCharge(
  world: World,
  payment: PaymentRecord,
  hint: ReachHint,
  reached: Reached | null,
): Promise<Stray> {
  const stripeId = hint.sessionId ?? hint.intentId;
  if (!stripeId || isOwn(payment, stripeId, reached) || (await isKnown(world, payment, stripeId)))
    return none;
  const read = hint.sessionId
    ? await world.gateway.readCheckout(hint.sessionId)
    : await world.gateway.readIntent(stripeId);
  if (read.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(read) };
  const said = read.value;
  const { isPaid, intentId } = said;
  if (said.paymentId !== payment.id || !isPaid || !said.charge || !intentId) return none;
  if (await isKnown(world, payment, said.charge.id)) return none;
  const reason = mismatchOf(payment, said, world.gateway.isLive);
  // It may be that of its own page, which Stripe does not show now: the payment is asked about again.
  if (!reason && reached?.kind === "unknown") return none;
  return { kind: "stray", charge: said.charge, intentId, reason };
}

function isOwn(payment: PaymentRecord, stripeId: string, reached: Reached | null): boolean {
  const own = [payment.stripeSessionId, payment.stripePaymentIntentId];
  if (reached?.kind === "checkout") own.push(reached.checkout.id, reached.checkout.intent?.id ?? null);
  if (reached?.kind === "intent") own.push(reached.intent.id);
  return own.includes(stripeId);
}

/** Registered as this payment's, or booked. */
async function isKnown(world: World, { customerId }: PaymentRecord, stripeId: string): Promise<boolean> {
  const rows = await world.jobs.sql`
    select 1 from stripe_objects where id = ${stripeId} and customer_id = ${customerId}`;
  return rows.length > 0;
}
