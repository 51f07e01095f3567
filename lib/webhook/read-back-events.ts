import type { World } from "@/lib/billing/world";
import { recordEvents } from "./receive-event";

/** Stripe tries to deliver for three days; read a little further back than that. */
const readBackMs = 4 * 24 * 3_600_000;

/** Fetches events whose delivery failed and stores those we do not have. Returns how many were new, null if unknown. */
export async function readBackEvents(world: World): Promise<number | null> {
  const since = new Date(world.clock.now().getTime() - readBackMs);
  const events = await world.gateway.undeliveredEvents(since);
  return events.outcome === "succeeded" ? recordEvents(world, events.value, "read_back") : null;
}
