import { calendarDay, daysBetween } from "@/lib/kernel/calendar";

/** Whole days of the billing time zone since an invoice was due; negative ahead of it, 0 on the day itself. */
export function daysFromDue(dueAt: Date, now: Date, timeZone: string): number {
  return daysBetween(calendarDay(dueAt, timeZone), calendarDay(now, timeZone));
}
