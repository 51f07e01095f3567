import fc from "fast-check";
import { expect, it } from "vitest";
import { nextPollAt, pollDelayMs } from "./poll-payments";

const minute = 60_000;
const start = new Date("2026-03-10T09:00:00Z");

/** The looks at a payment that never ends, in minutes after it was begun. */
function looks(count: number, expiresAt: Date | null): number[] {
  let at = new Date(start.getTime() + pollDelayMs(0));
  const minutes = [];
  for (let look = 0; look < count; look += 1) {
    minutes.push((at.getTime() - start.getTime()) / minute);
    at = nextPollAt(look + 1, at, expiresAt);
  }
  return minutes;
}

it("looks after 1 minute, 5, 30, 2 hours, then daily", () => {
  expect(looks(6, null)).toEqual([1, 5, 30, 120, 120 + 24 * 60, 120 + 48 * 60]);
});

it("looks a minute after the page has expired, at the latest", () => {
  expect(looks(5, new Date(start.getTime() + 45 * minute))).toEqual([1, 5, 30, 46, 46 + 24 * 60]);
  expect(looks(3, new Date(start.getTime() + 2 * minute))).toEqual([1, 3, 28]);
});

it("always comes later than now, and never later than a day", () => {
  fc.assert(
    fc.property(fc.nat({ max: 100 }), fc.integer({ min: -5_000, max: 5_000 }), (pollCount, minutes) => {
      const next = nextPollAt(pollCount, start, new Date(start.getTime() + minutes * minute));
      const delay = next.getTime() - start.getTime();
      expect(delay).toBeGreaterThan(0);
      expect(delay).toBeLessThanOrEqual(24 * 60 * minute);
    }),
  );
});
