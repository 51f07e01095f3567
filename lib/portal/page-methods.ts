import type { World } from "@/lib/billing/world";
import { portalWorld } from "./world";

/** What Stripe's page offers, in Stripe's names, the card first: as the account was set up when it was last read. */
export async function readPageMethods(world: World = portalWorld()): Promise<string[]> {
  const [row] = await world.app
    .sql`select setup -> 'pageMethods' as methods from stripe_checks where name = 'setup'`;
  const methods: unknown = row?.methods;
  const others = Array.isArray(methods)
    ? methods.filter((one) => typeof one === "string" && one !== "card")
    : [];
  return ["card", ...others];
}
