import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "../event-result";
import { settleByMetadata } from "./settle-by-metadata";

/**
 * An intent carries the payment's metadata too. One of a hosted page settles that page: a declined card in it ends
 * nothing. One of a saved card is itself what is settled.
 */
export function settleIntent(world: World, intent: EventObject): Promise<EventResult> {
  return settleByMetadata(world, intent, { intentId: intent.id });
}
