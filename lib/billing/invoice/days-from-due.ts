import { addCalendarDays, type CalendarDay, calendarDay, daysBetween } from "@/lib/kernel/calendar";

/** Whole days of the billing time zone since an invoice was due; negative ahead of it, 0 on the day itself. */
export function daysFromDue(dueOn: CalendarDay, now: Date, timeZone: string): number {
  return daysBetween(dueOn, calendarDay(now, timeZone));
}

/** The day so many days from today, on which an invoice is due that is issued now. */
export function dueIn(days: number, now: Date, timeZone: string): CalendarDay {
  return addCalendarDays(calendarDay(now, timeZone), days);
}

/** In the order in which invoices are paid: oldest due first, and of those due on one day the older first. */
export function byDue(a: Dated, b: Dated): number {
  if (a.dueOn !== b.dueOn) return (a.dueOn ?? "") < (b.dueOn ?? "") ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

interface Dated {
  id: string;
  /** One that is not known comes first. */
  dueOn?: CalendarDay | undefined;
}
