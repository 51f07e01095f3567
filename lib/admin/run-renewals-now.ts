import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { runRenewalsRecorded } from "@/lib/billing/renewal/record-run";
import type { RenewalProgress } from "@/lib/billing/renewal/run-renewals";
import { settleCovered } from "@/lib/billing/renewal/settle-covered";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { silentMs } from "./list-renewal-runs";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type RunNowRefusal =
  | { code: "not_allowed" }
  /** The worker's, or somebody else's: it does the same. */
  | { code: "run_under_way" };

/**
 * One renewal run now, as the worker does it each minute, and the try of the balances after it; from finance on. It does
 * what is due and nothing else, so beside the worker's nothing is billed twice; of two people one is told.
 */
export async function runRenewalsNow(
  actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<Result<RenewalProgress & { covered: number }, RunNowRefusal>> {
  if (!mayStaff(actor.role, "renewals.run")) return refuse({ code: "not_allowed" });
  const lock = await world.jobs.sql.reserve();
  try {
    const [tried] = await lock`select pg_try_advisory_lock(hashtext('renewals_by_hand')) as is_ours`;
    if (!tried?.is_ours || (await isUnderWay(world))) return refuse({ code: "run_under_way" });
    const renewed = await runRenewalsRecorded(world);
    const covered = await settleCovered(world);
    const detail = Object.fromEntries(
      Object.entries({ ...renewed, covered }).map(([name, count]) => [name, String(count)]),
    );
    await transact(world.staff, {}, ({ sql }) =>
      recordActivity(world, sql, { customerId: null, userId: actor.userId, verb: "renewals_run", detail }),
    );
    return ok({ ...renewed, covered });
  } finally {
    await lock`select pg_advisory_unlock_all()`;
    lock.release();
  }
}

async function isUnderWay(world: StaffWorld): Promise<boolean> {
  const since = new Date(world.clock.now().getTime() - silentMs);
  const rows = await world.jobs.sql`
    select from renewal_runs where ended_at is null and updated_at > ${since} limit 1`;
  return rows.length > 0;
}
