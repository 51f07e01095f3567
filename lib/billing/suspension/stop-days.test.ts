import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { statusOf } from "@/lib/billing/invoice/invoice-status";
import {
  addCalendarDays,
  type CalendarDay,
  calendarDay,
  daysBetween,
  startOfDay,
} from "@/lib/kernel/calendar";
import { mailHourMost } from "../reminder/mail-hour";
import { type NextTermFacts, suspendsAt, terminatesAt } from "./decide-stop";
import { stopAfter } from "./stop-days";

/** With an hour, half an hour or a whole day that daylight saving or the date line skips, at midnight and at other hours. */
const zones = fc.constantFrom(
  ...["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Asia/Kathmandu"],
  ...["Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "America/Asuncion"],
);
const days = fc
  .integer({ min: 0, max: 366 * 3 })
  .map((count) => addCalendarDays("2025-01-01" as CalendarDay, count));
const hours = fc.integer({ min: 0, max: mailHourMost });

const hourOf = (at: Date, timeZone: string) =>
  Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone }).format(at));

describe("days of the billing time zone", () => {
  it("an invoice is past due from the midnight that ends the day on which it is due, and not from a moment of it", () => {
    fc.assert(
      fc.property(days, zones, (dueOn, timeZone) => {
        const isPastDue = (at: Date) =>
          statusOf(
            { state: "open", dueOn, amountPaidMinor: 0n, isUnderWay: false },
            calendarDay(at, timeZone),
          ) === "past_due";
        const over = startOfDay(addCalendarDays(dueOn, 1), timeZone);
        expect(isPastDue(startOfDay(dueOn, timeZone))).toBe(false);
        expect(isPastDue(new Date(over.getTime() - 1000))).toBe(false);
        expect(isPastDue(over)).toBe(true);
      }),
    );
  });

  it("the whole last day of grace can be used, and the stop comes on the next, an hour after the mails", () => {
    fc.assert(
      fc.property(days, hours, zones, (lastDay, mailHour, timeZone) => {
        const at = stopAfter(lastDay, mailHour, timeZone);
        expect(at >= startOfDay(addCalendarDays(lastDay, 1), timeZone)).toBe(true);
        expect(calendarDay(at, timeZone)).toBe(addCalendarDays(lastDay, 1));
        // Where daylight saving skips that hour, it is the next one.
        expect([mailHour + 1, mailHour + 2]).toContain(hourOf(at, timeZone));
      }),
    );
  });

  it("a service is suspended the day after due plus grace, and terminated the day after the days of suspension, never sooner", () => {
    fc.assert(
      fc.property(
        fc.record({ dueOn: days, mailHour: hours, timeZone: zones }),
        fc.record({
          graceDays: fc.integer({ min: 0, max: 30 }),
          terminateDays: fc.integer({ min: 0, max: 60 }),
        }),
        fc.integer({ min: 0, max: 10 * 24 }),
        ({ dueOn, mailHour, timeZone }, plan, hoursLate) => {
          const term: NextTermFacts = {
            ...{
              state: "active",
              expiresAt: startOfDay(dueOn, timeZone),
              suspendedAt: null,
              holdUntil: null,
            },
            ...{ isToEnd: false, invoice: { state: "open", dueOn }, plan, mailHour, paying: "nothing" },
            renewal: { state: "invoiced", ownGraceDays: 0, deferredUntil: null },
            announcedAt: { suspension: null, termination: null },
          };
          const suspension = suspendsAt(term, timeZone) as Date;
          expect(daysBetween(dueOn, calendarDay(suspension, timeZone))).toBe(plan.graceDays + 1);
          const suspendedAt = new Date(suspension.getTime() + hoursLate * 3_600_000);
          const termination = terminatesAt({ ...term, state: "suspended", suspendedAt }, timeZone) as Date;
          const day = calendarDay(termination, timeZone);
          expect(day >= addCalendarDays(dueOn, plan.graceDays + plan.terminateDays + 1)).toBe(true);
          expect(daysBetween(calendarDay(suspendedAt, timeZone), day)).toBeGreaterThanOrEqual(
            plan.terminateDays,
          );
          if (hoursLate === 0) {
            expect(day).toBe(addCalendarDays(dueOn, plan.graceDays + plan.terminateDays + 1));
          }
        },
      ),
    );
  });
});
