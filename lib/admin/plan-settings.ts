import { transact } from "@/db/transaction";
import { mayStaff } from "@/lib/auth/staff-rights";
import { parseReminderDays, type ReminderDaysRefusal } from "@/lib/billing/reminder/reminder-days";
import type { TermLength } from "@/lib/kernel/calendar";
import type { PlanId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { recordActivity } from "./record-activity";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** The most of each, in days. */
const daysMost = { leadDays: 90, graceDays: 60, terminateDays: 365, ownGraceDays: 60 } as const;

export const planDayNames = ["leadDays", "graceDays", "terminateDays", "ownGraceDays"] as const;
export type PlanDayName = (typeof planDayNames)[number];

export interface PlanSettings extends Record<PlanDayName, number> {
  /** Days from due; null: the host's own. */
  reminderDays: number[] | null;
}

export type PlanSettingsRefusal =
  | ReminderDaysRefusal
  | { code: "not_allowed" }
  | { code: "plan_not_found" }
  | { code: "days_malformed"; most: number }
  /** Billed ahead for longer than a term, a service would be billed twice at once. */
  | { code: "lead_too_long"; most: number }
  /** Somebody was faster. */
  | { code: "plan_changed" };

/** As typed; `reminderDays` may be empty. `seen` names what the form was filled from. */
export interface PlanSettingsWish extends Record<PlanDayName, string> {
  planId: PlanId;
  reminderDays: string;
  seen: string;
}

/** What a change is made over: of two who change a plan at once one is told. */
export function seenOf({
  leadDays,
  graceDays,
  terminateDays,
  ownGraceDays,
  reminderDays,
}: PlanSettings): string {
  return JSON.stringify([leadDays, graceDays, terminateDays, ownGraceDays, reminderDays]);
}

/**
 * Changes how many days ahead a plan's terms are billed, how long after due its services are suspended and terminated, and
 * on which days its invoices are reminded of; from finance on. What is billed already keeps its due date, and the jobs go by
 * the new days from their next run on.
 */
export async function changePlanSettings(
  actor: StaffActor,
  wish: PlanSettingsWish,
  world: StaffWorld = staffWorld(),
): Promise<Result<undefined, PlanSettingsRefusal>> {
  if (!mayStaff(actor.role, "plan.change")) return refuse({ code: "not_allowed" });
  return transact(world.staff, {}, async ({ sql }) => {
    const [row] = await sql`select * from plans where id = ${wish.planId} for update`;
    if (!row) return refuse({ code: "plan_not_found" });
    const checked = checkedSettings(wish, { unit: row.term_unit, count: row.term_count });
    if (!checked.ok) return checked;
    if (wish.seen !== seenOf(settingsOf(row))) return refuse({ code: "plan_changed" });
    const { leadDays, graceDays, terminateDays, ownGraceDays, reminderDays } = checked.value;
    await sql`
      update plans set lead_days = ${leadDays}, grace_days = ${graceDays}, terminate_days = ${terminateDays},
        own_grace_days = ${ownGraceDays}, reminder_days = ${reminderDays && sql.json(reminderDays)}
      where id = ${wish.planId}`;
    await recordActivity(world, sql, {
      customerId: null,
      userId: actor.userId,
      verb: "plan_days_changed",
      detail: { plan: row.name, from: seenOf(settingsOf(row)), to: seenOf(checked.value) },
    });
    return ok();
  });
}

/** A row of `plans`. */
export function settingsOf(row: Record<string, unknown>): PlanSettings {
  return {
    leadDays: row.lead_days as number,
    graceDays: row.grace_days as number,
    terminateDays: row.terminate_days as number,
    ownGraceDays: row.own_grace_days as number,
    reminderDays: row.reminder_days as number[] | null,
  };
}

/** What was typed, as numbers; or the first thing that is wrong with it. Pure. */
export function checkedSettings(
  wish: Omit<PlanSettingsWish, "planId" | "seen">,
  term: TermLength,
): Result<PlanSettings, PlanSettingsRefusal> {
  const days = {} as Record<PlanDayName, number>;
  for (const name of planDayNames) {
    const text = wish[name].trim();
    const most = daysMost[name];
    if (!/^\d{1,4}$/.test(text) || Number(text) > most) return refuse({ code: "days_malformed", most });
    days[name] = Number(text);
  }
  const most = shortestDays(term) - 1;
  if (days.leadDays > most) return refuse({ code: "lead_too_long", most });
  if (wish.reminderDays.trim() === "") return ok({ ...days, reminderDays: null });
  const reminderDays = parseReminderDays(wish.reminderDays);
  return reminderDays.ok ? ok({ ...days, reminderDays: reminderDays.value }) : reminderDays;
}

function shortestDays({ unit, count }: TermLength): number {
  return count * { day: 1, month: 28, year: 365 }[unit];
}
