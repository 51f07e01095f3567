import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { mailHourMost, readMailHour } from "@/lib/billing/reminder/mail-hour";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The hour at which customers are reminded, and the time zone that it is of. Every role of staff may look. */
export async function showMailHour(_actor: StaffActor, world: StaffWorld = staffWorld()) {
  return { hour: await readMailHour(world.staff.sql), timeZone: world.timeZone };
}

export type MailHourRefusal =
  | { code: "not_allowed" }
  | { code: "mail_hour_malformed"; most: number }
  /** Somebody was faster. */
  | { code: "settings_changed" };

/** Changes the hour; admins alone. What is unpaid is stopped an hour after it (domain.md, A1). */
export async function changeMailHour(
  actor: StaffActor,
  { hour, seen }: { hour: string; seen: string },
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, MailHourRefusal>> {
  if (!mayStaff(actor.role, "host.change")) return refuse({ code: "not_allowed" });
  const wanted = /^\s*\d{1,2}\s*$/.test(hour) ? Number(hour) : Number.NaN;
  if (!(wanted <= mailHourMost)) return refuse({ code: "mail_hour_malformed", most: mailHourMost });
  return transact(world.staff, {}, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtext('mallard host settings'))`;
    const stood = await readMailHour(sql);
    if (seen !== String(stood)) return refuse({ code: "settings_changed" });
    await sql`
      insert into settings (key, value) values ('mail_hour', ${sql.json(wanted)})
      on conflict (key) do update set value = excluded.value`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "mail_hour_changed",
      detail: { from: `${stood}:00`, to: `${wanted}:00` },
    });
    return ok();
  });
}
