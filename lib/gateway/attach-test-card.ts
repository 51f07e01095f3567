import { stripeApi, type TestAccount } from "./test-account";

/**
 * Attaches one of Stripe's test cards to a customer, as no page of the portal may: for the contract and for tests.
 * Returns the card's id.
 */
export async function attachTestCard(
  account: TestAccount,
  stripeCustomerId: string,
  token: string,
): Promise<string> {
  const path = `payment_methods/${token}/attach`;
  const { id } = await stripeApi(account)("POST", path, { customer: stripeCustomerId });
  return id as string;
}
