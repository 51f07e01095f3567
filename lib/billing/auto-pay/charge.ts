import { sendPayment } from "../payment/reach-payment";
import { type PaymentRef, readPayment, type Settled, settle } from "../payment/settle";
import type { World } from "../world";

/** Calls Stripe for a payment that was just stored, and settles it as Stripe says. Outside of any transaction. */
export async function charge(world: World, ref: PaymentRef): Promise<Settled> {
  const payment = await readPayment(world, ref);
  if (!payment) throw new Error("a payment that was stored is there");
  return settle(world, ref, { reached: await sendPayment(world, payment) });
}
