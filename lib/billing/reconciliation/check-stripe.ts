import type { StripeSetup } from "@/lib/gateway/port";
import type { World } from "../world";

/** What of the host's setup at Stripe does not fit the portal. */
export type SetupDifference =
  | { code: "endpoint_missing"; url: string }
  | { code: "endpoint_disabled" }
  | { code: "endpoint_version"; version: string; wanted: string }
  | { code: "endpoint_events"; missing: string[] };

export interface StripeCheck {
  /** Why Stripe did not say: `key_refused`, or what kept it from answering. */
  failure: string | null;
  setup: StripeSetup | null;
  differences: SetupDifference[];
}

interface Wanted {
  apiVersion: string;
  events: readonly string[];
}

/** Where Stripe sends its events. */
export function webhookUrlOf({ portalUrl }: Pick<World, "portalUrl">): string {
  return `${portalUrl}/api/stripe/webhook`;
}

/** Looks at the host's setup at Stripe and keeps what was found, for staff. A network fault is noted, and nothing else. */
export async function checkStripe(world: World, wanted: Wanted): Promise<StripeCheck> {
  const url = webhookUrlOf(world);
  const read = await world.gateway.readSetup(url);
  if (read.outcome !== "succeeded") {
    const failure = read.outcome === "declined" ? "key_refused" : read.reason;
    await keep(world, { failure, setup: null, differences: [] });
    return { failure, setup: null, differences: [] };
  }
  const differences = differencesOf(read.value, url, wanted);
  const check: StripeCheck = { failure: null, setup: read.value, differences };
  await keep(world, check);
  return check;
}

/** Pure. */
export function differencesOf(
  { endpoint }: Pick<StripeSetup, "endpoint">,
  url: string,
  wanted: Wanted,
): SetupDifference[] {
  if (endpoint === null) return [];
  if (endpoint === "missing") return [{ code: "endpoint_missing", url }];
  const differences: SetupDifference[] = [];
  const { apiVersion, events, isEnabled } = endpoint;
  if (!isEnabled) differences.push({ code: "endpoint_disabled" });
  if (apiVersion !== wanted.apiVersion) {
    differences.push({ code: "endpoint_version", version: apiVersion ?? "", wanted: wanted.apiVersion });
  }
  const missing = events.includes("*") ? [] : wanted.events.filter((type) => !events.includes(type));
  if (missing.length > 0) differences.push({ code: "endpoint_events", missing });
  return differences;
}

/** One sentence for the terminal; null where there is nothing to say. */
export function sentenceOf({ failure, setup, differences }: StripeCheck): string | null {
  if (failure === "key_refused") return "Stripe refuses STRIPE_SECRET_KEY: no payment can be made.";
  if (failure) return null;
  const account = setup?.account;
  const says = differences.map(saidOf);
  if (says.length === 0) return null;
  return `Stripe account ${account ? `${account.id}, which settles in ${account.settlesIn},` : ""} differs: ${says.join("; ")}.`;
}

function saidOf(difference: SetupDifference): string {
  switch (difference.code) {
    case "endpoint_missing":
      return `no webhook endpoint for ${difference.url}`;
    case "endpoint_disabled":
      return "its webhook endpoint is disabled";
    case "endpoint_version":
      return `its webhook endpoint has API version ${difference.version || "of the account"}, not ${difference.wanted}`;
    case "endpoint_events":
      return `its webhook endpoint does not send ${difference.missing.join(", ")}`;
  }
}

async function keep(world: World, { failure, setup, differences }: StripeCheck): Promise<void> {
  const { sql } = world.jobs;
  const said = setup === null ? null : JSON.stringify(setup);
  await sql`
    insert into stripe_checks (name, checked_at, failure, setup, differences)
    values ('setup', ${world.clock.now()}, ${failure}, ${said}::text::jsonb, ${JSON.stringify(differences)}::text::jsonb)
    on conflict (name) do update set checked_at = excluded.checked_at, failure = excluded.failure,
      setup = coalesce(excluded.setup, stripe_checks.setup),
      differences = case when excluded.failure is null then excluded.differences else stripe_checks.differences end`;
}
