import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { payoutDayLimit } from "@/lib/billing/payment/payout-limit";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** In the smallest unit of any currency: more digits than any payout has. */
const limitMostMinor = 1_000_000_000_000n;

export type PayoutLimitRefusal =
  | { code: "not_allowed" }
  | { code: "payout_limit_malformed" }
  /** Somebody was faster. */
  | { code: "settings_changed" };

/** What one person may pay out a day, in the smallest unit of each currency. Every role of staff may look. */
export function showPayoutLimit(_actor: StaffActor, world: StaffWorld = staffWorld()): Promise<bigint> {
  return payoutDayLimit(world.staff.sql);
}

/** Changes what one person may pay out a day; admins alone. */
export async function changePayoutLimit(
  actor: StaffActor,
  { minor, seen }: { minor: string; seen: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, PayoutLimitRefusal>> {
  if (!mayStaff(actor.role, "host.change")) return refuse({ code: "not_allowed" });
  const text = minor.replace(/[\s,.']/g, "");
  if (!/^\d{1,13}$/.test(text) || BigInt(text) > limitMostMinor) {
    return refuse({ code: "payout_limit_malformed" });
  }
  return transact(world.staff, {}, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtext('mallard host settings'))`;
    const stood = await payoutDayLimit(sql);
    if (seen !== stood.toString()) return refuse({ code: "settings_changed" });
    const value = BigInt(text).toString();
    await sql`
      insert into settings (key, value) values ('payout_day_most_minor', ${sql.json(value)})
      on conflict (key) do update set value = excluded.value`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "payout_limit_changed",
      detail: { from: stood.toString(), to: value },
    });
    return ok();
  });
}
