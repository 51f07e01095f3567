import type { World } from "@/lib/billing/world";
import type { GatewayEvent } from "@/lib/gateway/port";
import { readCapped } from "./read-capped";

export type Received = { kind: "recorded"; eventId: string } | { kind: "refused"; status: 400 | 413 };

/**
 * Verify, record, answer: a webhook is acknowledged once its event is stored, and worked on from the stored row
 * afterwards (house.md, Style 7). A fault of ours throws, so that Stripe sends it again.
 */
export async function receiveEvent(
  world: World,
  request: { body: ReadableStream<Uint8Array> | null; signature: string | null },
): Promise<Received> {
  const body = await readCapped(request.body);
  if (body === null) return { kind: "refused", status: 413 };
  const event = world.gateway.verifyEvent(body.toString("utf8"), request.signature, world.clock.now());
  if (!event) return { kind: "refused", status: 400 };
  await recordEvents(world, [event], "webhook");
  return { kind: "recorded", eventId: event.id };
}

/** Stores events that are not stored yet, each with its run; returns how many were new. Duplicates add nothing. */
export async function recordEvents(
  world: World,
  events: readonly GatewayEvent[],
  source: "webhook" | "read_back",
): Promise<number> {
  if (events.length === 0) return 0;
  const now = world.clock.now();
  const rows = events.map((event) => ({
    id: event.id,
    type: event.type,
    is_livemode: event.isLive,
    created_at: event.createdAt,
    payload: event.payload,
  }));
  const [counted] = await world.jobs.sql`
    with added as (
      insert into stripe_events (id, type, is_livemode, created_at, received_at, source, payload)
      select id, type, is_livemode, created_at, ${now}, ${source}, payload
      from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as t(id text, type text, is_livemode boolean, created_at timestamptz, payload jsonb)
      on conflict (id) do nothing returning id
    ), runs as (
      insert into event_runs (event_id, state, next_attempt_at, updated_at)
      select id, 'waiting', ${now}, ${now} from added
    )
    select count(*)::int as count from added`;
  return counted?.count ?? 0;
}
