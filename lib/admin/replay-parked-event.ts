import { isAtLeast } from "@/lib/auth/actor";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { DeskRefusal, StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Puts a parked event back to work; the worker takes it within seconds. From support on. */
export async function replayParkedEvent(
  actor: StaffActor,
  { eventId }: { eventId: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ eventId: string }, DeskRefusal>> {
  if (!isAtLeast(actor.role, "support")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  const rows = await world.staff.sql`
    update event_runs set state = 'waiting', attempts = 0, next_attempt_at = ${now}, updated_at = ${now}
    where event_id = ${eventId} and state = 'parked' returning 1`;
  return rows.length > 0 ? ok({ eventId }) : refuse({ code: "event_not_parked" });
}
