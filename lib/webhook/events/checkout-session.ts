import type { World } from "@/lib/billing/world";
import type { EventObject, EventResult } from "../event-result";
import { pickUpPage } from "./saved-card";
import { settleByMetadata } from "./settle-by-metadata";

/** All events of a hosted page lead to one question: what does Stripe say of it now? */
export function settleCheckout(world: World, session: EventObject): Promise<EventResult> {
  if (session.mode === "setup") return pickUpPage(world, session);
  return settleByMetadata(world, session, { sessionId: session.id });
}
