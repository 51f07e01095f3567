import type { World } from "@/lib/billing/world";
import { dispatchEvent, type StoredEvent } from "./dispatch";
import type { EventResult } from "./event-result";

/** After so many attempts an event is parked for staff, who may replay it. */
export const attemptsMost = 8;

export interface ProcessedEvent {
  eventId: string;
  result: EventResult | { kind: "fault"; error: unknown };
}

/** Works on one stored event if it waits and nobody else does; null otherwise. */
export async function processEvent(world: World, eventId: string): Promise<ProcessedEvent | null> {
  const now = world.clock.now();
  const leaseUntil = new Date(now.getTime() + 60_000);
  const [run] = await world.jobs.sql`
    update event_runs r set attempts = r.attempts + 1, next_attempt_at = ${leaseUntil}, updated_at = ${now}
    from stripe_events e
    where r.event_id = ${eventId} and e.id = r.event_id and r.state = 'waiting' and r.next_attempt_at <= ${now}
    returning r.attempts, e.type, e.is_livemode, e.payload`;
  if (!run) return null;
  const result = await dispatched(world, { type: run.type, isLive: run.is_livemode, payload: run.payload });
  await concludeEvent(world, eventId, run.attempts, result);
  return { eventId, result };
}

/** Works on events whose time has come: those a process died over, and those that Stripe could not answer for. */
export async function processWaitingEvents(world: World, most = 100): Promise<ProcessedEvent[]> {
  const due = await world.jobs.sql`
    select event_id from event_runs where state = 'waiting' and next_attempt_at <= ${world.clock.now()}
    order by next_attempt_at limit ${most}`;
  const processed: ProcessedEvent[] = [];
  for (const { event_id } of due) {
    const one = await processEvent(world, event_id);
    if (one) processed.push(one);
  }
  return processed;
}

async function dispatched(world: World, event: StoredEvent): Promise<ProcessedEvent["result"]> {
  try {
    return await dispatchEvent(world, event);
  } catch (error) {
    // One poisoned event must not stop the others: it is tried again, then parked.
    return { kind: "fault", error };
  }
}

/**
 * Writes what became of an attempt, if it is still the newest: one that took longer than its lease says nothing any more
 * once another process has taken the event up.
 */
export async function concludeEvent(
  world: World,
  eventId: string,
  attempts: number,
  result: ProcessedEvent["result"],
): Promise<void> {
  const now = world.clock.now();
  const isOpen = result.kind === "later" || result.kind === "fault";
  const state = isOpen ? (attempts >= attemptsMost ? "parked" : "waiting") : result.kind;
  const next = state === "waiting" ? new Date(now.getTime() + retryDelayMs(attempts)) : null;
  await world.jobs.sql`
    update event_runs set state = ${state}, next_attempt_at = ${next}, reason = ${reasonOf(result)}, updated_at = ${now}
    where event_id = ${eventId} and state = 'waiting' and attempts = ${attempts}`;
}

/** 5 s, 20 s, 80 s, … at most an hour. */
function retryDelayMs(attempts: number): number {
  return Math.min(5_000 * 4 ** (attempts - 1), 3_600_000);
}

function reasonOf(result: ProcessedEvent["result"]): string | null {
  switch (result.kind) {
    case "done":
      return null;
    case "fault":
      return result.error instanceof Error ? result.error.message.slice(0, 500) : "fault";
    default:
      return result.reason;
  }
}
