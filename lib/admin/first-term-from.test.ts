import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type TermLength, termEnd } from "@/lib/kernel/calendar";
import { firstTermFrom } from "./first-term-from";

const startsAt = new Date("2026-01-31T09:00:00Z");

describe("the first term from a day on", () => {
  it("is the one that is found by going through all of them", () => {
    fc.assert(
      fc.property(
        fc.record({ unit: fc.constantFrom("day", "month", "year"), count: fc.integer({ min: 1, max: 40 }) }),
        fc.integer({ min: -100, max: 4000 }),
        fc.constantFrom("UTC", "Europe/Berlin", "America/New_York"),
        (term: TermLength, days, timeZone) => {
          const from = new Date(startsAt.getTime() + days * 86_400_000);
          let at = startsAt;
          while (at < from) at = termEnd(at, term, 31, timeZone);
          expect(firstTermFrom(startsAt, from, term, 31, timeZone)).toEqual(at);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is found thousands of years ahead, too", () => {
    const from = new Date("9999-12-30T00:00:00Z");
    for (let i = 0; i < 100; i += 1) {
      const first = firstTermFrom(startsAt, from, { unit: "day", count: 1 }, 31, "Europe/Berlin");
      expect(first.toISOString()).toBe("9999-12-30T09:00:00.000Z");
    }
  });
});
