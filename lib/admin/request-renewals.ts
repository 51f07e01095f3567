import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { renewalsRequested } from "@/lib/billing/renewal/run-requested";
import { newId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type RequestRenewalsRefusal =
  | { code: "not_allowed" }
  /** That somebody asked for: it does the same. */
  | { code: "run_under_way" };

/**
 * Asks the worker for a renewal run now; from finance on. The request and its record are one transaction, whose commit wakes
 * the worker; one that is away finds it when it is back. Of two people at once one is told.
 */
export async function requestRenewals(
  actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, RequestRenewalsRefusal>> {
  if (!mayStaff(actor.role, "renewals.run")) return refuse({ code: "not_allowed" });
  const { userId } = actor;
  return transact(world.staff, {}, async ({ sql }) => {
    const [made] = await sql`
      insert into renewal_requests (id, requested_at, user_id)
      values (${newId(world.clock)}, ${world.clock.now()}, ${userId})
      on conflict ((ended_at is null)) where ended_at is null do nothing returning id`;
    if (!made) return refuse({ code: "run_under_way" });
    await recordActivity(world, sql, { customerId: null, userId, verb: "renewals_requested", detail: {} });
    await sql`select pg_notify(${renewalsRequested}, '')`;
    return ok();
  });
}
