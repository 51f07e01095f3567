import type Stripe from "stripe";
import { instantMethods } from "./offered-methods";
import { outcomeOf } from "./outcome";
import type { Outcome, StripeSetup } from "./port";

/** Pinned here and on the webhook endpoint: what Stripe sends is what the SDK's types say. */
export const stripeApiVersion = "2026-10-28.endive";

/**
 * Reads what the host has set up at Stripe. A restricted key may be refused a part of it, which is no fault; a key that
 * Stripe does not know is refused everywhere.
 */
export async function readSetup(
  stripe: Stripe,
  endpointUrl: string,
  pageMethods: readonly string[],
): Promise<Outcome<StripeSetup>> {
  const account = await outcomeOf(() => stripe.accounts.retrieveCurrent());
  if (account.outcome === "unknown") return account;
  if (account.outcome === "declined" && account.status === 401) return account;
  const [endpoints, configurations] = await Promise.all([
    outcomeOf(() => stripe.webhookEndpoints.list({ limit: 100 })),
    outcomeOf(() => stripe.paymentMethodConfigurations.list({ limit: 100 })),
  ]);
  if (endpoints.outcome === "unknown") return endpoints;
  if (configurations.outcome === "unknown") return configurations;
  return {
    outcome: "succeeded",
    value: {
      account: account.outcome === "succeeded" ? accountOf(account.value) : null,
      endpoint: endpoints.outcome === "succeeded" ? endpointOf(endpoints.value.data, endpointUrl) : null,
      pageMethods:
        configurations.outcome === "succeeded" ? methodsOf(configurations.value.data, pageMethods) : null,
    },
  };
}

function accountOf({ id, default_currency: currency }: Stripe.Account): StripeSetup["account"] {
  return { id, settlesIn: (currency ?? "").toUpperCase() };
}

/** By its whole address, else by its path: behind a proxy the portal may go by another host. */
function endpointOf(endpoints: readonly Stripe.WebhookEndpoint[], url: string): StripeSetup["endpoint"] {
  const { pathname } = new URL(url);
  const found =
    endpoints.find((each) => each.url === url) ??
    endpoints.find((each) => URL.canParse(each.url) && new URL(each.url).pathname === pathname);
  if (!found) return "missing";
  const { api_version: apiVersion, enabled_events: events, status } = found;
  return { apiVersion, events: [...events], isEnabled: status === "enabled" };
}

/** What is on in the account's default configuration, of what the portal allows. */
function methodsOf(
  configurations: readonly Stripe.PaymentMethodConfiguration[],
  allowed: readonly string[],
): string[] {
  const chosen =
    configurations.find((each) => each.is_default && each.active) ??
    configurations.find(({ active }) => active);
  if (!chosen) return [];
  const said = chosen as unknown as Record<string, { available?: boolean } | undefined>;
  return instantMethods.filter(
    (type) => type !== "card" && allowed.includes(type) && said[type]?.available === true,
  );
}
