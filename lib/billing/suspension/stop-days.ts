import { addCalendarDays, atHour, type CalendarDay, calendarDay } from "@/lib/kernel/calendar";

/** The days that a plan gives after an invoice is due, with those that the customer gave themselves. */
export interface Grace {
  readonly graceDays: number;
  readonly ownGraceDays: number;
}

/** The last day of grace, told as "pay by": until it is over nothing is stopped (domain.md, A1). */
export function payByDay(dueOn: CalendarDay, { graceDays, ownGraceDays }: Grace): CalendarDay {
  return addCalendarDays(dueOn, graceDays + ownGraceDays);
}

/** What is stopped once a day is over is stopped on the next, an hour after that day's mails. */
export function stopAfter(lastDay: CalendarDay, mailHour: number, timeZone: string): Date {
  return atHour(addCalendarDays(lastDay, 1), mailHour + 1, timeZone);
}

/** When a stop comes that is put off until an instant: an hour after the mails of that day, or at the instant if it is later. */
export function heldUntil(holdUntil: Date, mailHour: number, timeZone: string): Date {
  const at = atHour(calendarDay(holdUntil, timeZone), mailHour + 1, timeZone);
  return at > holdUntil ? at : holdUntil;
}

/** The last whole day before a stop. */
export function dayBefore(stopsAt: Date, timeZone: string): CalendarDay {
  return addCalendarDays(calendarDay(stopsAt, timeZone), -1);
}
