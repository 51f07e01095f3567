import { mayStaff } from "@/lib/auth/staff-rights";
import { type KeepServiceRefusal, keepService as keep } from "@/lib/billing/renewal/cancel-service";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/**
 * Takes back that a service ends with its paid term, whoever wished it, until it has ended: its next term is billed in its
 * time. With a reason that stays between staff; from support on.
 */
export async function keepService(
  actor: StaffActor,
  input: { customerId: CustomerId; serviceId: ServiceId; reason: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, KeepServiceRefusal | ReasonRefusal>> {
  const { role, userId } = actor;
  if (!mayStaff(role, "service.keep")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const { customerId, serviceId } = input;
  const byStaff = { reason: checked.reason };
  const permit = async () => true;
  const kept = await keep(world, world.staff, { customerId, serviceId, userId, byStaff, permit });
  return kept.kind === "refused" ? refuse(kept.refusal) : ok();
}
