import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarDay } from "@/lib/kernel/calendar";
import { daysFromDue } from "../invoice/days-from-due";
import {
  attemptDays,
  firstChargeAt,
  isAttemptDue,
  isHardDecline,
  nextAttemptDay,
  nextChargeAt,
} from "./schedule";

describe("the days on which a card is charged", () => {
  it("are one before due, then +1, +2, +3, +5 and +7, once each", () => {
    const attempts: number[] = [];
    for (let day = -10; day <= 40; day += 1) {
      for (let look = 0; look < 3; look += 1) if (isAttemptDue(day, attempts)) attempts.push(day);
    }
    expect(attempts).toEqual([...attemptDays]);
  });

  it("are caught up with by one attempt after a pause", () => {
    const attempts = [-1];
    for (const day of [6, 6, 6]) if (isAttemptDue(day, attempts)) attempts.push(day);
    expect(attempts).toEqual([-1, 6]);
    expect(isAttemptDue(7, attempts)).toBe(true);
  });

  it("are never more than six, in whatever order and however often it is looked", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -20, max: 60 }), { maxLength: 200 }), (looks) => {
        const attempts: number[] = [];
        for (const day of looks.sort((a, b) => a - b)) if (isAttemptDue(day, attempts)) attempts.push(day);
        expect(attempts.length).toBeLessThanOrEqual(attemptDays.length);
        expect(attempts.every((day) => day >= -1)).toBe(true);
      }),
    );
  });

  it("end after a week", () => {
    expect([-5, -1, 0, 3, 6, 7, 30].map(nextAttemptDay)).toEqual([-1, 1, 1, 5, 7, null, null]);
  });
});

it("the instant that pages name is the first at which a card is then charged", () => {
  const hourMs = 3_600_000;
  fc.assert(
    fc.property(
      fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true }),
      fc.integer({ min: -3 * 24, max: 9 * 24 }),
      fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai"),
      (dueAt, hours, timeZone) => {
        const dueOn = calendarDay(dueAt, timeZone);
        const issuedAt = new Date(dueAt.getTime() + hours * hourMs);
        const days = (at: Date) => daysFromDue(dueOn, at, timeZone);
        // Slow and obvious: the job comes by each hour.
        const firstFrom = (from: Date, attempts: number[]) => {
          for (let at = from; days(at) <= 9; at = new Date(at.getTime() + hourMs)) {
            if (isAttemptDue(days(at), attempts)) return at;
          }
          return null;
        };
        const isNamed = (at: Date | null, named: Date | null) =>
          at === null || named === null
            ? at === named
            : at >= named && at.getTime() - named.getTime() < hourMs;
        const first = firstFrom(issuedAt, []);
        expect(isNamed(first, firstChargeAt(dueOn, issuedAt, timeZone))).toBe(true);
        if (first && days(first) < 7) {
          expect(isNamed(firstFrom(first, [days(first)]), nextChargeAt(dueOn, first, timeZone))).toBe(true);
        }
      },
    ),
    { numRuns: 50 },
  );
});

it("a card that was lost is not asked again, one without money is", () => {
  const isHard = (code: string) => isHardDecline({ code, advice: null, networkCode: null });
  expect(["lost_card", "stolen_card", "expired_card"].every(isHard)).toBe(true);
  expect(["insufficient_funds", "generic_decline", "authentication_required"].some(isHard)).toBe(false);
});

it("a card that Stripe's own rules block is not asked again, whatever the word", () => {
  const decline = { code: "fraudulent", advice: null, networkCode: null };
  expect(isHardDecline(decline)).toBe(false);
  expect(isHardDecline({ ...decline, isBlocked: true })).toBe(true);
});

it.each([
  ["generic_decline", "do_not_try_again", null, true],
  ["generic_decline", "try_again_later", null, false],
  ["insufficient_funds", "try_again_later", "51", false],
  ["generic_decline", null, "05", false],
  ["generic_decline", null, "41", true],
  ["do_not_honor", "try_again_later", "R1", true],
  ["a_word_of_tomorrow", null, null, false],
])("%s with the advice %s and the network's %s is hard: %s", (code, advice, networkCode, isHard) => {
  expect(isHardDecline({ code, advice, networkCode })).toBe(isHard);
});
