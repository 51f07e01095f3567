import type { PaymentMethodId } from "@/lib/kernel/id";
import type { TestCustomer } from "./fixtures";
import type { StripeWorld } from "./stripe-world";

/** Autopay is on with that card, the default, as the customer turned it on. */
export async function turnOnAutoPay(
  world: StripeWorld,
  { customerId, actor }: TestCustomer,
  cardId: PaymentMethodId,
  paysInvoices = true,
): Promise<void> {
  await world.owner`
    update payment_methods set is_default = false where customer_id = ${customerId} and is_default and id <> ${cardId}`;
  await world.owner`update payment_methods set is_default = true where customer_id = ${customerId} and id = ${cardId}`;
  await world.owner`
    insert into auto_charges (customer_id, payment_method_id, pays_invoices, user_id, changed_at)
    values (${customerId}, ${cardId}, ${paysInvoices}, ${actor.userId}, ${world.clock.now()})`;
}
