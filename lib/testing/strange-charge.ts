import { attachTestCard } from "@/lib/gateway/attach-test-card";
import { newId } from "@/lib/kernel/id";
import type { StripeWorld } from "./stripe-world";
import { testSecretKey } from "./world";

/**
 * A card is charged at Stripe past the portal. `named` is what the charge says of whose it is, as our own do; nothing, if
 * left out. Returns Stripe's id of the charge.
 */
export async function chargedElsewhere(
  { clock, gateway, stripeUrl }: Pick<StripeWorld, "clock" | "gateway" | "stripeUrl">,
  minor: bigint,
  named: { customerId: string; paymentId: string; stripeCustomerId?: string } = {
    customerId: "",
    paymentId: "",
  },
): Promise<string> {
  const key = newId(clock);
  const { customerId, paymentId } = named;
  const buyer = { customerId: "", name: "Stranger", email: "stranger@example.com" };
  const made = await gateway.createCustomer(buyer, `stranger/${key}/customer`);
  if (made.outcome !== "succeeded") throw new Error(`Stripe makes a customer: ${made.outcome}`);
  const stripeCustomerId = named.stripeCustomerId ?? made.value.id;
  const card = { secretKey: testSecretKey, apiBase: stripeUrl };
  const request = {
    stripeCustomerId,
    stripePaymentMethodId: await attachTestCard(card, stripeCustomerId, "pm_card_visa"),
    paymentId,
    customerId,
    currency: "USD",
    amountMinor: minor.toString(),
    description: "elsewhere",
    isOffSession: false,
    returnUrl: "https://elsewhere.example/return",
  };
  const paid = await gateway.createIntent(request, `stranger/${key}/intent`);
  if (paid.outcome !== "succeeded" || !paid.value.charge)
    throw new Error(`the card is charged: ${paid.outcome}`);
  return paid.value.charge.id;
}
