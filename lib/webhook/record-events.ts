import { sqlState } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import type { GatewayEvent } from "@/lib/gateway/port";

type Source = "webhook" | "read_back";

/**
 * Stores events that are not stored yet, each with its run; returns how many were new. Duplicates add nothing. One that
 * PostgreSQL refuses holds up no other: it is stored without its content, and parked when its turn comes.
 */
export async function recordEvents(
  world: World,
  events: readonly GatewayEvent[],
  source: Source,
): Promise<number> {
  if (events.length === 0) return 0;
  try {
    return await insertEvents(world, events, source);
  } catch (error) {
    if (!isAboutTheData(error)) throw error;
    if (events.length > 1) return recordEach(world, events, source);
    const [event] = events as [GatewayEvent];
    return insertEvents(world, [withoutContent(event, error)], source);
  }
}

async function recordEach(world: World, events: readonly GatewayEvent[], source: Source): Promise<number> {
  const half = Math.ceil(events.length / 2);
  const first = await recordEvents(world, events.slice(0, half), source);
  return first + (await recordEvents(world, events.slice(half), source));
}

/** Data exceptions, broken constraints and exceeded limits; a server that is away is none of them. */
function isAboutTheData(error: unknown): boolean {
  const state = sqlState(error);
  return typeof state === "string" && /^(22|23|54)/.test(state);
}

/** Without a type or a date in what is kept it cannot be acted on, and says why. */
function withoutContent(event: GatewayEvent, error: unknown): GatewayEvent {
  const refused = error instanceof Error ? error.message.slice(0, 200) : "unknown";
  return { ...event, payload: { id: event.id, refused } };
}

async function insertEvents(world: World, events: readonly GatewayEvent[], source: Source): Promise<number> {
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
