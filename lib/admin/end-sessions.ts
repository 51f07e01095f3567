import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import type { CustomerId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/**
 * Ends all sessions of a customer's members at once, where a device was lost or a login got into wrong hands; from
 * support on. A member who is staff as well stays in the staff section.
 */
export async function endSessions(
  actor: StaffActor,
  { customerId }: { customerId: CustomerId },
  world: StaffWorld = staffWorld(),
): Promise<Result<{ ended: number }, { code: "not_allowed" } | { code: "customer_not_found" }>> {
  if (!mayStaff(actor.role, "sessions.end")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  return transact(world.staff, { customerId }, async ({ sql }) => {
    const [customer] = await sql`select 1 from customers where id = ${customerId} and not is_house`;
    if (!customer) return refuse({ code: "customer_not_found" });
    const ended = await sql`
      update sessions set revoked_at = ${now}
      where revoked_at is null and expires_at > ${now} and section = 'portal'
        and user_id in (select user_id from memberships where customer_id = ${customerId})`;
    await recordActivity(world, sql, {
      customerId,
      userId: actor.userId,
      verb: "sessions_ended",
      detail: { count: String(ended.count) },
    });
    return ok({ ended: ended.count });
  });
}
