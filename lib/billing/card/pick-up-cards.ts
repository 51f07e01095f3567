import { transact } from "@/db/transaction";
import type { Card, Outcome } from "@/lib/gateway/port";
import type { CustomerId } from "@/lib/kernel/id";
import type { World } from "../world";
import { markDetached, storeCard } from "./store-card";

export type PickedUp =
  | { kind: "done" }
  /** It belongs to no customer of ours, or is no card. */
  | { kind: "not_ours" }
  | { kind: "unknown"; reason: string };

/** Keeps one card as it is at Stripe now, whatever an event said of it: saved, renewed or detached. */
export async function pickUpCard(world: World, stripePaymentMethodId: string): Promise<PickedUp> {
  const read = await world.gateway.readCard(stripePaymentMethodId);
  if (read.outcome !== "succeeded") return unsaid(read);
  const card = read.value;
  if (!card) return { kind: "not_ours" };
  const customerId = await ownerOf(world, card.stripeCustomerId ?? card.id);
  if (!customerId) return { kind: "not_ours" };
  const { clock } = world;
  await transact(world.jobs, { customerId }, ({ sql }) =>
    card.stripeCustomerId
      ? storeCard(sql, customerId, card, clock)
      : markDetached(sql, customerId, card.id, clock.now()),
  );
  return { kind: "done" };
}

/** Keeps every card that Stripe lists for the customer. One that is missing there is left to its own event. */
export async function pickUpCards(world: World, stripeCustomerId: string): Promise<PickedUp> {
  const listed = await world.gateway.listCards(stripeCustomerId);
  if (listed.outcome !== "succeeded") return unsaid(listed);
  const customerId = await ownerOf(world, stripeCustomerId);
  if (!customerId) return { kind: "not_ours" };
  // Oldest first, so that of the same card saved twice the newer one stays.
  const cards = listed.value.toReversed();
  await transact(world.jobs, { customerId }, async ({ sql }) => {
    for (const card of cards) await storeCard(sql, customerId, card, world.clock);
  });
  return { kind: "done" };
}

/** Whose an object of Stripe's is, by the registry. */
async function ownerOf(world: World, stripeId: string): Promise<CustomerId | null> {
  const [row] = await world.jobs.sql`
    select customer_id from stripe_objects where id = ${stripeId} and kind in ('customer', 'payment_method')`;
  return (row?.customer_id as CustomerId | undefined) ?? null;
}

/** An object that an event named is there; a refusal says nothing of it. */
function unsaid(outcome: Exclude<Outcome<Card | null | Card[]>, { outcome: "succeeded" }>): PickedUp {
  return { kind: "unknown", reason: outcome.outcome === "declined" ? outcome.code : outcome.reason };
}
