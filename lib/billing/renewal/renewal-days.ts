import { addCalendarDays, addDays, type CalendarDay, calendarDay, laterDay } from "@/lib/kernel/calendar";

/** An invoice is due at expiry, but at least so many days after its issue (domain.md, Renewing). */
const dueAfterIssueDays = 3;

const searchMs = 3 * 3_600_000;

/**
 * The first instant at which the renewal run bills the term that starts there: the first whose day `leadDays` later is not
 * before it, in days of the billing time zone. That is the same local time so many days before, unless daylight saving
 * has moved between them.
 */
export function renewalIssueAt(termStartsAt: Date, leadDays: number, timeZone: string): Date {
  const isDue = (ms: number) => addDays(new Date(ms), leadDays, timeZone) >= termStartsAt;
  const guess = addDays(termStartsAt, -leadDays, timeZone).getTime();
  if (isDue(guess) && !isDue(guess - 1)) return new Date(guess);
  let [early, due] = [guess - searchMs, guess + searchMs];
  while (due - early > 1) {
    const middle = Math.floor((early + due) / 2);
    if (isDue(middle)) due = middle;
    else early = middle;
  }
  return new Date(due);
}

/** The day on which a renewal's invoice is due: that of its term's start, but at least three days after that of its issue. */
export function renewalDueOn(termStartsAt: Date, issuedAt: Date, timeZone: string): CalendarDay {
  if (issuedAt.getTime() !== asked.issuedAtMs || timeZone !== asked.timeZone) {
    const earliest = addCalendarDays(calendarDay(issuedAt, timeZone), dueAfterIssueDays);
    asked = { issuedAtMs: issuedAt.getTime(), timeZone, earliest };
  }
  return laterDay(calendarDay(termStartsAt, timeZone), asked.earliest);
}

/** A renewal whose invoice is not issued yet. */
export interface NextIssue {
  /** What should have been issued comes with the next pass of the run, which is now. */
  readonly at: Date;
  readonly isAhead: boolean;
  /** As at this issue. */
  readonly dueOn: CalendarDay;
}

/** When the run issues the invoice of the term that starts there, if it has not yet, and when that is due then. */
export function nextIssue(
  { startsAt, leadDays }: { startsAt: Date; leadDays: number },
  now: Date,
  timeZone: string,
): NextIssue {
  const planned = renewalIssueAt(startsAt, leadDays, timeZone);
  const isAhead = planned > now;
  const at = isAhead ? planned : now;
  return { at, isAhead, dueOn: renewalDueOn(startsAt, at, timeZone) };
}

/** The last answer: all that a run issues at once is due at the same earliest. */
let asked = { issuedAtMs: Number.NaN, timeZone: "", earliest: "" as CalendarDay };
