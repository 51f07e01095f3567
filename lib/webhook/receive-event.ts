import type { World } from "@/lib/billing/world";
import { type Clock, systemClock } from "@/lib/kernel/clock";
import { readCapped } from "./read-capped";
import { recordEvents } from "./record-events";

export type Received = { kind: "recorded"; eventId: string } | { kind: "refused"; status: 400 | 413 };

/**
 * Verify, record, answer: a webhook is acknowledged once its event is stored, and worked on from the stored row
 * afterwards (house.md, Style 7). A fault of ours throws, so that Stripe sends it again. A signature is as old as the clock
 * on the wall says: the billing clock of a demo may have been moved on by days, which Stripe knows nothing of.
 */
export async function receiveEvent(
  world: World,
  request: { body: ReadableStream<Uint8Array> | null; signature: string | null },
  wallClock: Clock = systemClock,
): Promise<Received> {
  const body = await readCapped(request.body);
  if (body === null) return { kind: "refused", status: 413 };
  const event = world.gateway.verifyEvent(body.toString("utf8"), request.signature, wallClock.now());
  if (!event) return { kind: "refused", status: 400 };
  await recordEvents(world, [event], "webhook");
  return { kind: "recorded", eventId: event.id };
}
