import { transact } from "@/db/transaction";
import type { Card, Outcome } from "@/lib/gateway/port";
import type { CustomerId } from "@/lib/kernel/id";
import type { World } from "../world";
import { forgetIfGone } from "./forget-customer";
import { loseCard, storeCard } from "./store-card";
import { accountStanding } from "./stripe-account";

export type PickedUp =
  | { kind: "done" }
  /** It belongs to no customer of ours, or is no card. */
  | { kind: "not_ours" }
  | { kind: "unknown"; reason: string };

/** Keeps one card as it is at Stripe now, whatever an event said of it: saved, renewed, detached or gone. */
export async function pickUpCard(world: World, stripePaymentMethodId: string): Promise<PickedUp> {
  const read = await world.gateway.readCard(stripePaymentMethodId);
  if (read.outcome === "declined" && read.gone === "card") {
    if ((await accountStanding(world)) !== "ours") return { kind: "unknown", reason: "other_account" };
    return lose(world, stripePaymentMethodId);
  }
  if (read.outcome !== "succeeded") return unsaid(read);
  const card = read.value;
  if (!card) return { kind: "not_ours" };
  if (!card.stripeCustomerId) return lose(world, card.id);
  const customerId = await ownerOf(world, card.stripeCustomerId);
  if (!customerId) return { kind: "not_ours" };
  await transact(world.jobs, { customerId }, ({ sql }) => storeCard(sql, customerId, card, world));
  return { kind: "done" };
}

/**
 * Takes a card from its customer's list if it is no longer attached to them at Stripe: it was detached, deleted, or given to
 * somebody else.
 */
export async function loseIfDetached(
  world: World,
  card: { customerId: CustomerId; stripeCustomerId: string; stripePaymentMethodId: string },
): Promise<"lost" | "there" | "unknown"> {
  const { customerId, stripeCustomerId, stripePaymentMethodId } = card;
  const read = await world.gateway.readCard(stripePaymentMethodId);
  const isGone = read.outcome === "declined" && read.gone === "card";
  if (!isGone && read.outcome !== "succeeded") return "unknown";
  if (read.outcome === "succeeded" && read.value?.stripeCustomerId === stripeCustomerId) return "there";
  if (isGone && (await accountStanding(world)) !== "ours") return "unknown";
  await transact(world.jobs, { customerId }, ({ sql }) =>
    loseCard(sql, customerId, stripePaymentMethodId, world.clock),
  );
  return "lost";
}

async function lose(world: World, stripePaymentMethodId: string): Promise<PickedUp> {
  const customerId = await ownerOf(world, stripePaymentMethodId);
  if (!customerId) return { kind: "not_ours" };
  await transact(world.jobs, { customerId }, ({ sql }) =>
    loseCard(sql, customerId, stripePaymentMethodId, world.clock),
  );
  return { kind: "done" };
}

/** Keeps every card that Stripe lists for the customer; one of ours that is missing there is looked at by itself. */
export async function pickUpCards(world: World, stripeCustomerId: string): Promise<PickedUp> {
  const listed = await world.gateway.listCards(stripeCustomerId);
  const customerId = await ownerOf(world, stripeCustomerId);
  if (!customerId) return { kind: "not_ours" };
  if (listed.outcome === "declined" && listed.gone === "customer") {
    const gone = await forgetIfGone(world, customerId, stripeCustomerId);
    return gone === "unknown" ? unsaid(listed) : { kind: "done" };
  }
  if (listed.outcome !== "succeeded") return unsaid(listed);
  // Oldest first, so that of the same card saved twice the newer one stays.
  const cards = listed.value.toReversed();
  const missing = await transact(world.jobs, { customerId }, async ({ sql }) => {
    for (const card of cards) await storeCard(sql, customerId, card, world);
    return sql`
      select stripe_payment_method_id from payment_methods where customer_id = ${customerId}
        and detached_at is null and not stripe_payment_method_id = any(${cards.map(({ id }) => id)})`;
  });
  for (const { stripe_payment_method_id: id } of missing) await pickUpCard(world, id);
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
