import { isSizeRefusal } from "../payment/charge-size";
import { sendPayment } from "../payment/reach-payment";
import { type PaymentRef, readPayment, settle } from "../payment/settle";
import type { World } from "../world";

/** Calls Stripe for a payment that was just stored, and settles it as Stripe says. Outside of any transaction. */
async function charge(world: World, ref: PaymentRef): Promise<"charged" | "refused_for_size"> {
  const payment = await readPayment(world, ref);
  if (!payment) throw new Error("a payment that was stored is there");
  const reached = await sendPayment(world, payment);
  await settle(world, ref, { reached });
  return reached.kind === "nothing" && isSizeRefusal(reached.code) ? "refused_for_size" : "charged";
}

/**
 * Starts a payment and charges it. One that Stripe refused for its size is started once more, with what was learned of
 * what it charges: the excess becomes balance, as the customer agreed. Null if nothing was started.
 */
export async function chargeStarted(
  world: World,
  start: () => Promise<PaymentRef | null>,
): Promise<PaymentRef | null> {
  const first = await start();
  if (!first || (await charge(world, first)) === "charged") return first;
  const second = await start();
  if (second) await charge(world, second);
  return second ?? first;
}
