import { mayStaff } from "@/lib/auth/staff-rights";
import { type HoldRefusal, holdSuspension as hold } from "@/lib/billing/suspension/hold-suspension";
import { parseCalendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type HoldSuspensionRefusal =
  | HoldRefusal
  | ReasonRefusal
  | { code: "not_allowed" }
  | { code: "day_malformed" };

/**
 * Holds the suspension of a service off until a day has passed, YYYY-MM-DD in the billing time zone, at most 90 days ahead;
 * null ends such a hold. With a reason, from support on.
 */
export async function holdSuspension(
  actor: StaffActor,
  input: { customerId: CustomerId; serviceId: ServiceId; until: string | null; reason: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, HoldSuspensionRefusal>> {
  if (!mayStaff(actor.role, "suspension.hold")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const until = input.until === null ? null : parseCalendarDay(input.until);
  if (input.until !== null && until === null) return refuse({ code: "day_malformed" });
  const { customerId, serviceId } = input;
  const held = await hold(world, world.staff, {
    customerId,
    serviceId,
    until,
    reason: checked.reason,
    userId: actor.userId,
  });
  return held.ok ? ok() : held;
}
