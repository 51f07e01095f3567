import { assert } from "@/lib/kernel/assert";
import { addCalendarDays, type CalendarDay, parseCalendarDay } from "@/lib/kernel/calendar";

/** The month printed on a card. */
export interface CardExpiry {
  expMonth: number;
  expYear: number;
}

/** So many days before a card's last day its customer hears of it. */
export const cardAnnouncedDaysAhead = 30;

/** The last day on which a card can be charged: the last of the month printed on it. */
export function lastDayOf({ expMonth, expYear }: CardExpiry): CalendarDay {
  const [year, month] = expMonth === 12 ? [expYear + 1, 1] : [expYear, expMonth + 1];
  const next = parseCalendarDay(`${year}-${String(month).padStart(2, "0")}-01`);
  assert(next !== null, "a month has a first day");
  return addCalendarDays(next, -1);
}

/** Whether a card's last day is near or over. */
export function isExpiring(card: CardExpiry, today: CalendarDay): boolean {
  return addCalendarDays(today, cardAnnouncedDaysAhead) >= lastDayOf(card);
}

/** Whether its last day is over. */
export function isOver(card: CardExpiry, today: CalendarDay): boolean {
  return today > lastDayOf(card);
}
