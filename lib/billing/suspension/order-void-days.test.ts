import fc from "fast-check";
import { expect, it } from "vitest";
import { addCalendarDays, type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import { orderVoidAt, orderVoidDueBefore } from "./order-void-days";

const dueOn = "2026-03-20" as CalendarDay;

it("an order is void once fourteen days after due are over, and at once where that is past", () => {
  // In Berlin, where daylight saving begins on 29 March: 4 April begins at 22:00.
  const today = { now: new Date("2026-03-20T15:00:00Z"), timeZone: "Europe/Berlin" };
  expect(orderVoidAt(dueOn, today)).toEqual(new Date("2026-04-03T22:00:00Z"));
  const later = new Date("2026-04-09T09:00:00Z");
  expect(orderVoidAt(dueOn, { ...today, now: later })).toEqual(later);
});

it("the instant that is shown is the first at which the job takes it, in every time zone", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 720 }),
      fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"),
      (days, timeZone) => {
        const due = addCalendarDays(dueOn, days);
        const shown = orderVoidAt(due, { now: new Date(0), timeZone });
        const isTaken = (ms: number) =>
          due < orderVoidDueBefore({ now: new Date(shown.getTime() + ms), timeZone });
        expect([isTaken(-1000), isTaken(0)]).toEqual([false, true]);
        expect(calendarDay(shown, timeZone)).toBe(addCalendarDays(due, 15));
      },
    ),
  );
});
