import type { World } from "@/lib/billing/world";
import { handledTypes } from "./dispatch";
import { recordEvents } from "./record-events";

/** Stripe tries to deliver for three days; read a little further back than that. */
const readBackMs = 4 * 24 * 3_600_000;
/** So many types may be asked for at once. */
const typesMost = 20;
/** A run ends after so many pages of a hundred; the next one goes on where it stopped. */
const pagesMost = 50;

/** How far a pass over the lists has come. */
interface Reading {
  since: Date;
  typesRead: number;
  afterId: string | null;
}

/**
 * Fetches events whose delivery failed and stores those we do not have, a page at a time. Only the types that our own
 * endpoint takes are asked for: what other endpoints of the account missed is theirs. Returns how many were new, null
 * if Stripe did not say; what was read up to then is stored, and the next run goes on from there.
 */
export async function readBackEvents(world: World): Promise<number | null> {
  const lists = listsOf(handledTypes);
  let reading = await startedReading(world);
  let added = 0;
  for (let pages = 0; pages < pagesMost; pages += 1) {
    const types = lists[reading.typesRead];
    if (!types) break;
    const page = await world.gateway.undeliveredEvents(reading.since, types, { after: reading.afterId });
    // A cursor that Stripe does not know any more would be refused for ever.
    if (page.outcome === "declined") await keepReading(world, freshReading(world));
    if (page.outcome !== "succeeded") return null;
    const { rows, next } = page.value;
    added += await recordEvents(world, rows.toReversed(), "read_back");
    reading = next
      ? { ...reading, afterId: next }
      : { ...reading, typesRead: reading.typesRead + 1, afterId: null };
    await keepReading(world, reading);
  }
  if (reading.typesRead >= lists.length) await keepReading(world, freshReading(world));
  return added;
}

function listsOf(types: readonly string[]): string[][] {
  const count = Math.ceil(types.length / typesMost);
  return Array.from({ length: count }, (_, at) => types.slice(at * typesMost, (at + 1) * typesMost));
}

function freshReading({ clock }: World): Reading {
  return { since: new Date(clock.now().getTime() - readBackMs), typesRead: 0, afterId: null };
}

/** The one that was cut off, if there is one; else a new one. */
async function startedReading(world: World): Promise<Reading> {
  const [row] = await world.jobs.sql`
    select since, types_read, after_id from event_readings
    where name = 'undelivered' and (types_read > 0 or after_id is not null)`;
  return row ? { since: row.since, typesRead: row.types_read, afterId: row.after_id } : freshReading(world);
}

async function keepReading(world: World, { since, typesRead, afterId }: Reading): Promise<void> {
  await world.jobs.sql`
    insert into event_readings (name, since, types_read, after_id, updated_at)
    values ('undelivered', ${since}, ${typesRead}, ${afterId}, ${world.clock.now()})
    on conflict (name) do update set since = excluded.since, types_read = excluded.types_read,
      after_id = excluded.after_id, updated_at = excluded.updated_at`;
}
