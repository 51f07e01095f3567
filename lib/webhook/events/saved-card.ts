import { type PickedUp, pickUpCard, pickUpCards } from "@/lib/billing/card/pick-up-cards";
import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "../event-result";

/** A card was attached, renewed by its bank, changed, or detached: what it is now is asked of Stripe. */
export async function pickUpMethod(world: World, method: EventObject): Promise<EventResult> {
  return resultOf(await pickUpCard(world, method.id));
}

/** A card was set up for charges without the customer. */
export async function pickUpSetup(world: World, setup: EventObject): Promise<EventResult> {
  if (!setup.payment_method) return { kind: "ignored", reason: "no_payment_method" };
  return resultOf(await pickUpCard(world, setup.payment_method));
}

/** The page on which a customer only saved a card. */
export async function pickUpPage(world: World, session: EventObject): Promise<EventResult> {
  if (!session.customer) return { kind: "ignored", reason: "not_ours" };
  return resultOf(await pickUpCards(world, session.customer));
}

function resultOf(picked: PickedUp): EventResult {
  switch (picked.kind) {
    case "done":
      return { kind: "done" };
    case "not_ours":
      return { kind: "ignored", reason: "not_ours" };
    case "unknown":
      return { kind: "later", reason: picked.reason };
  }
}
