import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attemptDays, isAttemptDue, isHardDecline, nextAttemptDay } from "./schedule";

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

it("a card that was lost is not asked again, one without money is", () => {
  expect(["lost_card", "stolen_card", "expired_card"].every(isHardDecline)).toBe(true);
  expect(["insufficient_funds", "generic_decline", "authentication_required"].some(isHardDecline)).toBe(
    false,
  );
});
