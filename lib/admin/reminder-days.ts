import {
  hostReminderDays,
  parseReminderDays,
  type ReminderDaysRefusal,
} from "@/lib/billing/reminder/reminder-days";
import type { Result } from "@/lib/kernel/result";
import { changeSetting, type SettingRefusal } from "./change-setting";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The host's own days of reminding. Every role of staff may look. */
export function showReminderDays(_actor: StaffActor, world: StaffWorld = staffWorld()) {
  return hostReminderDays(world.staff.sql);
}

/** Changes the days on which invoices are reminded of wherever their plan says none; admins alone. */
export function changeReminderDays(
  actor: StaffActor,
  { days, seen }: { days: string; seen: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, ReminderDaysRefusal | SettingRefusal>> {
  return changeSetting<readonly number[], ReminderDaysRefusal>(world, actor, {
    key: "reminder_days",
    verb: "reminder_days_changed",
    seen,
    parse: () => parseReminderDays(days),
    read: hostReminderDays,
    seenAs: (value) => value.join(" "),
    stored: (value) => value,
    told: (from, to) => ({ from: from.join(", "), to: to.join(", ") }),
  });
}
