import type { ReservedSql } from "@/db/client";
import type { CustomerId, PaymentMethodId } from "@/lib/kernel/id";
import { type CardRefusal, type ChosenCard, chosenCard } from "../card/chosen-card";
import type { World } from "../world";

interface PageWay {
  by: "page";
  savesCard: boolean;
  /** The network address that the wish came from, as far as it is known: kept with what was agreed to. */
  address?: string | null;
}

/** How Stripe is to be paid, as the customer chose it. */
export type ChargeWay =
  /** On Stripe's page, with whatever card; kept for next time if they ticked that. */
  | PageWay
  /** With a card that they saved. */
  | { by: "card"; cardId: PaymentMethodId };

/** The same, with the card found. */
export type KnownWay = PageWay | { by: "card"; card: ChosenCard };

export type WayFound = { ok: true; way: KnownWay } | { ok: false; refusal: CardRefusal };

/** Finds the saved card that was chosen, if one was: in the round trip of the locks. */
export async function findWay(
  world: World,
  sql: ReservedSql,
  customerId: CustomerId,
  way: ChargeWay | undefined,
): Promise<WayFound> {
  if (way?.by !== "card") return { ok: true, way: way ?? { by: "page", savesCard: false } };
  const today = { now: world.clock.now(), timeZone: world.timeZone };
  const found = await chosenCard(sql, customerId, way.cardId, today);
  return found.ok ? { ok: true, way: { by: "card", card: found.card } } : found;
}
