import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "../event-result";
import { settleByMetadata } from "./settle-by-metadata";

/** An intent carries the payment's metadata too; a declined card in it ends nothing, settling finds the page open. */
export function settleIntent(world: World, intent: EventObject): Promise<EventResult> {
  return settleByMetadata(world, intent);
}
