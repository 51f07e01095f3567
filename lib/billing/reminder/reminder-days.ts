import type { ReservedSql, Sql } from "@/db/client";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { dueStages } from "./stages";

/** The furthest day from due, and the most of them. */
export const reminderDaysFar = 60;
export const reminderDaysMost = 12;

export type ReminderDaysRefusal =
  | { code: "reminder_days_malformed" }
  | { code: "reminder_days_too_far"; most: number }
  | { code: "reminder_days_too_many"; most: number };

/** Days from due as somebody types them, "-7, -3, 0, +3": whole, each once, ascending. */
export function parseReminderDays(text: string): Result<number[], ReminderDaysRefusal> {
  const parts = text
    .replaceAll("\u2212", "-")
    .split(/[\s,;，、]+/)
    .filter((part) => part !== "");
  if (parts.length === 0 || !parts.every((part) => /^[+-]?\d{1,4}$/.test(part))) {
    return refuse({ code: "reminder_days_malformed" });
  }
  const days = [...new Set(parts.map((part) => Number(part) || 0))].sort((a, b) => a - b);
  if (days.some((day) => Math.abs(day) > reminderDaysFar)) {
    return refuse({ code: "reminder_days_too_far", most: reminderDaysFar });
  }
  if (days.length > reminderDaysMost)
    return refuse({ code: "reminder_days_too_many", most: reminderDaysMost });
  return ok(days);
}

/** The host's own days, for all plans that say none. */
export async function hostReminderDays(sql: Sql | ReservedSql): Promise<readonly number[]> {
  const [row] = await sql`select value from settings where key = 'reminder_days'`;
  return (row?.value as number[] | undefined) ?? dueStages;
}

/** The days of the invoice `i`'s plan within a query, null where it says none or the invoice is for no service. */
export function planReminderDays(sql: Sql | ReservedSql) {
  return sql`(
    select p.reminder_days from invoice_lines l
    join services s on s.customer_id = l.customer_id and s.id = l.service_id join plans p on p.id = s.plan_id
    where l.customer_id = i.customer_id and l.invoice_id = i.id order by l.id limit 1)`;
}

/** The first and the last day that any invoice is reminded of. */
export async function reminderSpan(
  sql: Sql | ReservedSql,
  ofHost: readonly number[],
): Promise<{ first: number; last: number }> {
  const [row] = await sql`
    select min(day::int) as first, max(day::int) as last
    from plans p, jsonb_array_elements_text(p.reminder_days) as day`;
  const days = [...ofHost, ...[row?.first, row?.last].filter((day) => typeof day === "number")];
  return { first: Math.min(...days), last: Math.max(...days) };
}
