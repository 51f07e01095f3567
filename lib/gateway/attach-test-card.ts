/**
 * Attaches one of Stripe's test cards to a customer, as no page of the portal may: for the contract and for tests.
 * `apiBase` is the local Stripe's address, or null for Stripe itself. Returns the card's id.
 */
export async function attachTestCard(
  { secretKey, apiBase }: { secretKey: string; apiBase: string | null },
  stripeCustomerId: string,
  token: string,
): Promise<string> {
  const answer = await fetch(`${apiBase ?? "https://api.stripe.com"}/v1/payment_methods/${token}/attach`, {
    method: "POST",
    headers: { authorization: `Bearer ${secretKey}` },
    body: new URLSearchParams({ customer: stripeCustomerId }),
  });
  const method = (await answer.json()) as { id?: string; error?: { message: string } };
  if (!method.id) throw new Error(`the card was not attached: ${method.error?.message ?? answer.status}`);
  return method.id;
}
