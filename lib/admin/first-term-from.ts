import { type TermLength, termEnd } from "@/lib/kernel/calendar";

/** The longest that one unit of a term can be: a day of 25 hours, and with one such day a month or a leap year. */
const unitMsMost = {
  day: 25 * 3_600_000,
  month: (31 * 24 + 1) * 3_600_000,
  year: (366 * 24 + 1) * 3_600_000,
};

/**
 * The start of the first term that begins at `from` or later, terms following one another from `startsAt` on. In as few
 * steps for a day thousands of years ahead as for one that is near: whoever asks may write any day.
 */
export function firstTermFrom(
  startsAt: Date,
  from: Date,
  { unit, count }: TermLength,
  anchorDay: number,
  timeZone: string,
): Date {
  let at = startsAt;
  while (at < from) {
    const terms = Math.floor((from.getTime() - at.getTime()) / (unitMsMost[unit] * count));
    at = termEnd(at, { unit, count: count * Math.max(1, terms) }, anchorDay, timeZone);
  }
  return at;
}
