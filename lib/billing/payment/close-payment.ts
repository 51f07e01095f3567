import { transact } from "@/db/transaction";
import type { Intent } from "@/lib/gateway/port";
import type { World } from "../world";
import { reachPayment } from "./reach-payment";
import { type Ender, type PaymentRef, readPayment, type Settled, settle } from "./settle";
import { isFinal } from "./states";

/**
 * Ends an open external payment at Stripe because somebody wants it ended, then settles it as Stripe says: if it was
 * paid meanwhile, that wins; while Stripe cannot say, it stays as it is (domain.md, Paying 10). `expired` is for one that
 * nobody came back for.
 */
export async function closePayment(
  world: World,
  ref: PaymentRef,
  as: "canceled" | "expired" = "canceled",
  by?: Ender,
): Promise<Settled> {
  const endAs = as === "canceled" ? { endAs: as, by } : {};
  const payment = await readPayment(world, ref);
  if (!payment) return { kind: "not_found" };
  if (isFinal(payment.state)) {
    return { kind: "settled", state: payment.state, changed: false, checkoutUrl: null };
  }
  const reached = await reachPayment(world, payment);
  if (reached.kind === "intent") return closeIntent(world, ref, reached.intent, as, by);
  if (reached.kind !== "checkout") return settle(world, ref, { reached });
  if (reached.checkout.status !== "open") return settle(world, ref, { reached, ...endAs });
  if (as === "canceled") await sayWanted(world, ref);
  const expired = await world.gateway.expireCheckout(reached.checkout.id);
  switch (expired.outcome) {
    case "succeeded":
      return settle(world, ref, {
        ...endAs,
        reached: { kind: "checkout", checkout: expired.value },
      });
    // It was completed or expired between the two calls: what it is now decides.
    case "declined":
      return settle(world, ref, endAs);
    case "unknown":
      return { kind: "unknown", reason: expired.reason };
  }
}

/** Stripe's event that the page expired may come before the answer: it is no end by itself then either. */
async function sayWanted(world: World, { customerId, paymentId }: PaymentRef): Promise<void> {
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    await sql`
      update payments set failure_code = 'canceled'
      where customer_id = ${customerId} and id = ${paymentId} and ended_at is null`;
  });
}

/** One whose bank still asks the customer can be canceled; any other is settled as it is. */
async function closeIntent(
  world: World,
  ref: PaymentRef,
  intent: Intent,
  as: "canceled" | "expired",
  by: Ender | undefined,
): Promise<Settled> {
  if (intent.status !== "requires_action") return settle(world, ref, { reached: { kind: "intent", intent } });
  const canceled = await world.gateway.cancelIntent(
    intent.id,
    as === "canceled" ? "requested_by_customer" : "abandoned",
  );
  switch (canceled.outcome) {
    case "succeeded":
      return settle(world, ref, { reached: { kind: "intent", intent: canceled.value }, by });
    case "declined":
      return settle(world, ref);
    case "unknown":
      return { kind: "unknown", reason: canceled.reason };
  }
}
