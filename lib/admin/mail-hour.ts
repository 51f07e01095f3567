import { mailHourMost, readMailHour } from "@/lib/billing/reminder/mail-hour";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { changeSetting, type SettingRefusal } from "./change-setting";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The hour at which customers are reminded, and the time zone that it is of. Every role of staff may look. */
export async function showMailHour(_actor: StaffActor, world: StaffWorld = staffWorld()) {
  return { hour: await readMailHour(world.staff.sql), timeZone: world.timeZone };
}

export type MailHourRefusal = SettingRefusal | { code: "mail_hour_malformed"; most: number };

/** Changes the hour; admins alone. What is unpaid is stopped an hour after it (domain.md, A1). */
export function changeMailHour(
  actor: StaffActor,
  { hour, seen }: { hour: string; seen: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, MailHourRefusal>> {
  return changeSetting(world, actor, {
    key: "mail_hour",
    verb: "mail_hour_changed",
    seen,
    parse: () => parseHour(hour),
    read: readMailHour,
    seenAs: String,
    stored: (value) => value,
    told: (from, to) => ({ from: `${from}:00`, to: `${to}:00` }),
  });
}

function parseHour(text: string): Result<number, { code: "mail_hour_malformed"; most: number }> {
  const wanted = /^\s*\d{1,2}\s*$/.test(text) ? Number(text) : Number.NaN;
  return wanted <= mailHourMost ? ok(wanted) : refuse({ code: "mail_hour_malformed", most: mailHourMost });
}
