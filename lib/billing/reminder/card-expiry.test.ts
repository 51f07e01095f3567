import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addCalendarDays, type CalendarDay, daysBetween } from "@/lib/kernel/calendar";
import { cardAnnouncedDaysAhead, isExpiring, isOver, lastDayOf } from "./card-expiry";

const card = fc.record({
  expMonth: fc.integer({ min: 1, max: 12 }),
  expYear: fc.integer({ min: 2000, max: 2199 }),
});

describe("a card's expiry", () => {
  test("is the last day of the month printed on it, in leap years too", () => {
    expect(lastDayOf({ expMonth: 2, expYear: 2027 })).toBe("2027-02-28");
    expect(lastDayOf({ expMonth: 2, expYear: 2028 })).toBe("2028-02-29");
    expect(lastDayOf({ expMonth: 12, expYear: 2026 })).toBe("2026-12-31");
  });

  test("is a day of that month, and the day after it is not", () => {
    fc.assert(
      fc.property(card, (of) => {
        const month = `${of.expYear}-${String(of.expMonth).padStart(2, "0")}`;
        expect(lastDayOf(of).slice(0, 7)).toBe(month);
        expect(addCalendarDays(lastDayOf(of), 1).slice(0, 7)).not.toBe(month);
      }),
    );
  });

  test("is near from thirty days before it on, and not before", () => {
    fc.assert(
      fc.property(
        card,
        fc.integer({ min: -cardAnnouncedDaysAhead - 3, max: 3 - cardAnnouncedDaysAhead }),
        (of, days) => {
          const today = addCalendarDays(lastDayOf(of), days) as CalendarDay;
          expect(isExpiring(of, today)).toBe(daysBetween(today, lastDayOf(of)) <= cardAnnouncedDaysAhead);
        },
      ),
    );
  });

  test("is over on the day after its last, and not before", () => {
    fc.assert(
      fc.property(card, fc.integer({ min: -40, max: 40 }), (of, days) => {
        expect(isOver(of, addCalendarDays(lastDayOf(of), days))).toBe(days > 0);
      }),
    );
  });
});
