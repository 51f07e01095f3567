import type { Checkout, Intent, Outcome } from "@/lib/gateway/port";
import type { PaymentRecord } from "../scene";
import type { World } from "../world";
import { type Mismatch, mismatchesOf } from "./judge";
import { reasonOf } from "./reached";

/** A page or a charge at Stripe beside a payment of ours. */
export interface NamingObject {
  kind: "page" | "charge";
  stripeId: string;
  status: string;
  isPaid: boolean;
  /** It may still be paid. */
  isOpen: boolean;
  amountMinor: bigint;
  currency: string;
  stripeCustomerId: string | null;
  paymentId: string | null;
  /** What was charged by it. */
  chargeId: string | null;
  isLive: boolean;
  /** The payment has it as its own. */
  isOwn: boolean;
  /** All that differs from what we asked for; empty if it fits. */
  differs: readonly Mismatch[];
  /** Paid, and by this customer for this payment: at most its amount is another. Nothing else may pay it. */
  mayPay: boolean;
}

export type ObjectsNaming = { kind: "found"; objects: NamingObject[] } | { kind: "unknown"; reason: string };

/**
 * Every page and charge at Stripe that names a payment, with its own and those in `more`, as they are now. A charge that
 * belongs to a page is told by its page.
 */
export async function objectsNaming(
  world: World,
  payment: PaymentRecord,
  more: readonly string[] = [],
): Promise<ObjectsNaming> {
  const { gateway } = world;
  const { stripeCustomerId } = payment.request as { stripeCustomerId: string };
  const own = [payment.stripeSessionId, payment.stripePaymentIntentId].filter((id): id is string => !!id);
  const named = [...new Set([...own, ...more])];
  const [pages, intents, ...read] = await Promise.all([
    gateway.findCheckouts(stripeCustomerId, payment.id),
    gateway.findIntents(stripeCustomerId, payment.id),
    ...named.map(
      (id): Promise<Outcome<Checkout | Intent>> =>
        id.startsWith("cs_") ? gateway.readCheckout(id) : gateway.readIntent(id),
    ),
  ]);
  const said: (Checkout | Intent)[] = [];
  for (const outcome of [pages, intents]) {
    // A customer that Stripe does not have has nothing there.
    const isGone = outcome.outcome === "declined" && outcome.gone === "customer";
    if (outcome.outcome === "succeeded") said.push(...outcome.value);
    else if (!isGone) return { kind: "unknown", reason: reasonOf(outcome) };
  }
  for (const outcome of read) {
    if (outcome.outcome === "succeeded") said.push(outcome.value);
    else if (outcome.outcome === "unknown") return { kind: "unknown", reason: outcome.reason };
  }
  const ofPages = new Set(
    said.flatMap((one) => (one.kind === "checkout" && one.intentId ? [one.intentId] : [])),
  );
  const objects = new Map<string, NamingObject>();
  for (const one of said) {
    if (!ofPages.has(one.id)) objects.set(one.id, objectOf(world, payment, one, own));
  }
  return { kind: "found", objects: [...objects.values()] };
}

function objectOf(
  world: World,
  payment: PaymentRecord,
  said: Checkout | Intent,
  own: readonly string[],
): NamingObject {
  const { isPaid, isOver } = said;
  const differs = mismatchesOf(payment, said, world.gateway.isLive);
  return {
    kind: said.kind === "checkout" ? "page" : "charge",
    stripeId: said.id,
    status: said.status,
    isPaid,
    isOpen: !isPaid && !isOver,
    amountMinor: said.amountMinor,
    currency: said.currency,
    stripeCustomerId: said.stripeCustomerId,
    paymentId: said.paymentId,
    chargeId: said.charge?.id ?? null,
    isLive: said.isLive,
    isOwn: own.includes(said.id),
    differs,
    mayPay: isPaid && differs.every((one) => one === "amount_differs"),
  };
}
