import { mayStaff } from "@/lib/auth/staff-rights";
import { type PutBackRefusal, putRenewalBack as put } from "@/lib/billing/renewal/put-back";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { checkedReason, type ReasonRefusal } from "./reason";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Puts a renewal back that its customer declined. It is billed again, with a new due day. With a reason. */
export async function putRenewalBack(
  actor: StaffActor,
  input: { customerId: CustomerId; serviceId: ServiceId; reason: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, PutBackRefusal | ReasonRefusal>> {
  if (!mayStaff(actor.role, "renewal.put_back")) return refuse({ code: "not_allowed" });
  const checked = checkedReason(input.reason);
  if (!checked.ok) return checked;
  const { customerId, serviceId } = input;
  const done = await put(world, world.staff, {
    ...{ customerId, serviceId, userId: actor.userId, reason: checked.reason },
    permit: async () => true,
  });
  return done.ok ? ok() : done;
}
