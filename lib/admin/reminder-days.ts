import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import {
  hostReminderDays,
  parseReminderDays,
  type ReminderDaysRefusal,
} from "@/lib/billing/reminder/reminder-days";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The host's own days of reminding. Every role of staff may look. */
export function showReminderDays(_actor: StaffActor, world: StaffWorld = staffWorld()) {
  return hostReminderDays(world.staff.sql);
}

/** Changes the days on which invoices are reminded of wherever their plan says none; admins alone. */
export async function changeReminderDays(
  actor: StaffActor,
  { days, seen }: { days: string; seen: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, ReminderDaysRefusal | { code: "not_allowed" } | { code: "settings_changed" }>> {
  if (!mayStaff(actor.role, "host.change")) return refuse({ code: "not_allowed" });
  const parsed = parseReminderDays(days);
  if (!parsed.ok) return parsed;
  return transact(world.staff, {}, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtext('mallard host settings'))`;
    const stood = await hostReminderDays(sql);
    if (seen !== stood.join(" ")) return refuse({ code: "settings_changed" });
    await sql`
      insert into settings (key, value) values ('reminder_days', ${sql.json(parsed.value)})
      on conflict (key) do update set value = excluded.value`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "reminder_days_changed",
      detail: { from: stood.join(", "), to: parsed.value.join(", ") },
    });
    return ok();
  });
}
