import { objectsNaming } from "../payment/objects-naming";
import { type PaymentRef, readPayment } from "../payment/settle";
import type { World } from "../world";
import { showSecondCharge } from "./difference-tasks";

/**
 * Puts on staff's desk what Stripe took for a payment beside the charge by which they ruled that it succeeded: the night would
 * find it too, hours later. Where Stripe does not answer, the night does.
 */
export async function showUnbooked(world: World, ref: PaymentRef): Promise<void> {
  const payment = await readPayment(world, ref);
  if (!payment || payment.cardMinor === 0n) return;
  const found = await objectsNaming(world, payment);
  if (found.kind === "unknown") return;
  const paid = found.objects.filter(({ mayPay }) => mayPay);
  const booked = await world.jobs.sql`
    select id from stripe_objects where kind = 'charge' and id = any(${paid.flatMap(({ chargeId }) => chargeId ?? [])})`;
  for (const { chargeId: id, amountMinor, currency } of paid) {
    if (id === null || booked.some((row) => row.id === id)) continue;
    await showSecondCharge(world, ref, { charge: { id, amountMinor, currency }, state: payment.state });
  }
}
