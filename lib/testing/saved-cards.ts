import { pickUpCards } from "@/lib/billing/card/pick-up-cards";
import { ensureStripeCustomer } from "@/lib/billing/payment/ensure-stripe-customer";
import { attachTestCard } from "@/lib/gateway/attach-test-card";
import type { PaymentMethodId } from "@/lib/kernel/id";
import type { TestCustomer } from "./fixtures";
import type { StripeWorld } from "./stripe-world";
import { type TestWorld, testSecretKey } from "./world";

/** A test card, named by its token such as `pm_card_visa`, saved at Stripe and known to us. */
export async function saveCard(
  world: TestWorld & Pick<StripeWorld, "stripeUrl" | "owner">,
  { customerId }: Pick<TestCustomer, "customerId">,
  token = "pm_card_visa",
): Promise<{ id: PaymentMethodId; stripeId: string }> {
  const stripe = await ensureStripeCustomer(world, customerId, async () => true);
  if (stripe.kind !== "known") throw new Error(`the customer is known to Stripe: ${stripe.kind}`);
  const at = { secretKey: testSecretKey, apiBase: world.stripeUrl };
  const stripeId = await attachTestCard(at, stripe.stripeCustomerId, token);
  await pickUpCards(world, stripe.stripeCustomerId);
  const [row] = await world.owner`
    select id from payment_methods where customer_id = ${customerId} and stripe_payment_method_id = ${stripeId}`;
  return { id: row?.id, stripeId };
}
