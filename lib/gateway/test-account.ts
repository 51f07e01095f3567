/** An account in Stripe's test mode: `apiBase` is the local Stripe's address, or null for Stripe itself. */
export interface TestAccount {
  secretKey: string;
  apiBase: string | null;
}

type Answer = Record<string, unknown>;

/** Stripe's API without the SDK, for what the portal never does and its checks need. Throws what Stripe refuses. */
export function stripeApi({ secretKey, apiBase }: TestAccount) {
  return async (
    method: "GET" | "POST" | "DELETE",
    path: string,
    params: Record<string, string> = {},
  ): Promise<Answer> => {
    const query = new URLSearchParams(params);
    const url = `${apiBase ?? "https://api.stripe.com"}/v1/${path}${method === "GET" ? `?${query}` : ""}`;
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${secretKey}` },
      ...(method === "POST" ? { body: query } : {}),
    });
    const body = (await answer.json()) as Answer & { error?: { message: string } };
    if (!answer.ok)
      throw new Error(`${method} /v1/${path}: ${body.error?.message ?? `status ${answer.status}`}`);
    return body;
  };
}

/** What the bank is to decide of a dispute, as the text of its evidence says in test mode. */
export async function giveEvidence(account: TestAccount, disputeId: string, text: string): Promise<void> {
  await stripeApi(account)("POST", `disputes/${disputeId}`, {
    "evidence[uncategorized_text]": text,
    submit: "true",
  });
}

/**
 * Takes away what was made for customers: their open pages end, their intents are canceled, and they are deleted with
 * their cards. Charges, refunds and disputes stay, as Stripe keeps them. Returns what could not be taken away.
 */
export async function takeAway(account: TestAccount, customerIds: readonly string[]): Promise<string[]> {
  const api = stripeApi(account);
  const left: string[] = [];
  const tried = async (act: () => Promise<unknown>) => {
    await act().catch((error: unknown) => left.push(error instanceof Error ? error.message : String(error)));
  };
  const listed = async (path: string, params: Record<string, string>) => {
    const { data } = await api("GET", path, { limit: "100", ...params });
    return data as { id: string; status: string }[];
  };
  for (const customer of customerIds) {
    await tried(async () => {
      for (const { id } of await listed("checkout/sessions", { customer, status: "open" }))
        await tried(() => api("POST", `checkout/sessions/${id}/expire`));
      for (const { id, status } of await listed("payment_intents", { customer }))
        if (status.startsWith("requires_")) await tried(() => api("POST", `payment_intents/${id}/cancel`));
      await api("DELETE", `customers/${customer}`);
    });
  }
  return left;
}
