import { mayStaff } from "@/lib/auth/staff-rights";
import { unparkEvent } from "@/lib/gateway/parked-events";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { DeskRefusal, StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Puts a parked event back to work; the worker takes it within seconds. From support on. */
export async function replayParkedEvent(
  actor: StaffActor,
  { eventId }: { eventId: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ eventId: string }, DeskRefusal>> {
  if (!mayStaff(actor.role, "event.replay")) return refuse({ code: "not_allowed" });
  const isBack = await unparkEvent(world.staff.sql, eventId, world.clock.now());
  return isBack ? ok({ eventId }) : refuse({ code: "event_not_parked" });
}
