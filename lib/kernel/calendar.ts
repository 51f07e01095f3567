import { Temporal } from "temporal-polyfill";
import { assert } from "@/lib/kernel/assert";

declare const brand: unique symbol;

/** A day of the billing time zone's calendar, "YYYY-MM-DD". Compares as text. */
export type CalendarDay = string & { readonly [brand]: "calendarDay" };

/** How long a term is. A month or a year ends on the service's anchor day, or on the last day of a shorter month. */
export interface TermLength {
  readonly unit: "day" | "month" | "year";
  readonly count: number;
}

/** The day that it is in the time zone at the instant. */
export function calendarDay(instant: Date, timeZone: string): CalendarDay {
  const second = Math.floor(instant.getTime() / 1000);
  if (second !== asked.second || timeZone !== asked.timeZone) {
    asked = { second, timeZone, day: dayText(zoned(instant, timeZone).toPlainDate()) };
  }
  return asked.day;
}

/** The last answer: all that is booked within a second asks for the same day, which no time zone ends between seconds. */
let asked = { second: Number.NaN, timeZone: "", day: "" as CalendarDay };

/**
 * The day in a text from outside; null unless it is spelled "YYYY-MM-DD" and exists, in a year of four digits as the
 * years beside it: others neither JavaScript nor PostgreSQL writes so that the other can read them.
 */
export function parseCalendarDay(text: string): CalendarDay | null {
  if (!/^(?!1000|9999)[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$/.test(text)) return null;
  try {
    return dayText(Temporal.PlainDate.from(text, { overflow: "reject" }));
  } catch {
    return null;
  }
}

/** Days that a list is narrowed to; null: on that side it is not. */
export interface DayRange {
  from: CalendarDay | null;
  to: CalendarDay | null;
}

/**
 * The days in two texts from outside; a text that is no day counts as not said. A range that ends before it begins narrows
 * nothing: it is refused, to be told beside its fields.
 */
export function parseDayRange(from: string, to: string): DayRange & { refused: DayRange | null } {
  const range = { from: parseCalendarDay(from), to: parseCalendarDay(to) };
  if (range.from === null || range.to === null || range.from <= range.to) return { ...range, refused: null };
  return { from: null, to: null, refused: range };
}

/** The first instant of the day: midnight, or what follows where daylight saving skips midnight. */
export function startOfDay(day: CalendarDay, timeZone: string): Date {
  return instantOf(Temporal.PlainDate.from(day).toZonedDateTime(timeZone));
}

/** The day's hour on the clock, 0 to 24; where daylight saving skips it, so much later. */
export function atHour(day: CalendarDay, hour: number, timeZone: string): Date {
  assert(Number.isInteger(hour) && hour >= 0 && hour <= 24, "an hour of the day is from 0 to 24");
  if (hour === 24) return startOfDay(addCalendarDays(day, 1), timeZone);
  if (hour === 0) return startOfDay(day, timeZone);
  return instantOf(Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: { hour } }));
}

/** The same local time so many days later (or earlier): 23, 24 or 25 hours a day. */
export function addDays(instant: Date, days: number, timeZone: string): Date {
  assert(Number.isSafeInteger(days), "days are whole");
  const start = zoned(instant, timeZone);
  return atLocalTimeOf(start, start.toPlainDate().add({ days }));
}

/** The day so many days later, or earlier. */
export function addCalendarDays(day: CalendarDay, days: number): CalendarDay {
  return dayText(Temporal.PlainDate.from(day).add({ days }));
}

/** The later of two days. */
export function laterDay(a: CalendarDay, b: CalendarDay): CalendarDay {
  return a > b ? a : b;
}

/** Whole days from the first to the second; negative if the second comes first. */
export function daysBetween(a: CalendarDay, b: CalendarDay): number {
  return Temporal.PlainDate.from(a).until(Temporal.PlainDate.from(b), { largestUnit: "day" }).days;
}

/** The day of the month at the instant: what a service's terms hold on to, 1 to 31. */
export function anchorDayOf(instant: Date, timeZone: string): number {
  return zoned(instant, timeZone).day;
}

/**
 * The end of the term that starts at the instant, exclusive: the next term starts there. Local time of day is kept.
 * Terms of months and years end on the anchor day, in a shorter month on its last day and then on the anchor day
 * again (31 Jan, 28 Feb, 31 Mar); terms of days do not look at it. A term that starts with its day ends with
 * one, so that a chain from midnight to midnight comes back to midnight after a day that had none. Any other
 * local time that daylight saving skips ends, and goes on, later by what was skipped.
 */
export function termEnd(startsAt: Date, length: TermLength, anchorDay: number, timeZone: string): Date {
  assert(Number.isSafeInteger(length.count) && length.count > 0, "a term has a positive whole length");
  assert(Number.isInteger(anchorDay) && anchorDay >= 1 && anchorDay <= 31, "an anchor day is from 1 to 31");
  const start = zoned(startsAt, timeZone);
  const startDay = start.toPlainDate();
  if (length.unit === "day") return atLocalTimeOf(start, startDay.add({ days: length.count }));
  const months = length.unit === "year" ? length.count * 12 : length.count;
  const month = startDay.toPlainYearMonth().add({ months });
  return atLocalTimeOf(start, month.toPlainDate({ day: Math.min(anchorDay, month.daysInMonth) }));
}

/** Whether the name is a time zone of the IANA database, as "Europe/Berlin" or "UTC"; offsets are not. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function zoned(instant: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
}

function instantOf(moment: Temporal.ZonedDateTime): Date {
  return new Date(moment.epochMilliseconds);
}

function dayText(day: Temporal.PlainDate): CalendarDay {
  return day.toString() as CalendarDay;
}

function atLocalTimeOf(start: Temporal.ZonedDateTime, day: Temporal.PlainDate): Date {
  const startsItsDay = start.epochMilliseconds === start.startOfDay().epochMilliseconds;
  const plainTime = startsItsDay ? undefined : start.toPlainTime();
  return instantOf(day.toZonedDateTime({ timeZone: start.timeZoneId, plainTime }));
}
