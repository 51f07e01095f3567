import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { accountKind } from "@/lib/billing/card/stripe-account";
import { houseCustomerId } from "@/lib/billing/house";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

export type AccountRefusal =
  | { code: "not_allowed" }
  /** Nobody is asked about this account: the keys were put right, or somebody was faster. */
  | { code: "account_not_asked" };

/**
 * Says that the host works under this account of Stripe's from now on: what Stripe does not have under it is gone, and
 * automatic charges go on. Admins alone.
 */
export async function confirmStripeAccount(
  actor: StaffActor,
  { accountId, mode }: { accountId: string; mode: "live" | "test" },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, AccountRefusal>> {
  const { role, userId } = actor;
  if (!mayStaff(role, "host.change")) return refuse({ code: "not_allowed" });
  const now = world.clock.now();
  return transact(world.staff, { customerId: houseCustomerId }, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard stripe account', 0))`;
    const [task] = await sql`
      update tasks set done_at = ${now} where customer_id = ${houseCustomerId} and kind = ${accountKind}
        and done_at is null and detail->>'accountId' = ${accountId} and detail->>'mode' = ${mode}
      returning detail`;
    if (!task) return refuse({ code: "account_not_asked" });
    await sql`update stripe_accounts set is_ours = false where is_ours`;
    await sql`
      update stripe_accounts set is_ours = true, confirmed_by = ${userId}
      where id = ${accountId} and is_live = ${mode === "live"}`;
    const { oursId: from, oursMode: fromMode } = task.detail;
    await recordActivity(world, sql, {
      customerId: null,
      userId,
      verb: "stripe_account_confirmed",
      detail: { from, fromMode, to: accountId, toMode: mode },
    });
    return ok();
  });
}
