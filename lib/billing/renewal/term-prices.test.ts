import fc from "fast-check";
import { expect, it } from "vitest";
import { termEnd } from "@/lib/kernel/calendar";
import { priceChange, priceOfTerm } from "./term-prices";

const startsAt = new Date("2026-01-31T00:00:00Z");
const term = { unit: "month", count: 1 } as const;
const listPrices = fc.array(
  fc.record({
    validFrom: fc.date({ min: startsAt, max: new Date("2028-01-01T00:00:00Z"), noInvalidDate: true }),
    priceMinor: fc.bigInt(1n, 3n),
  }),
  { maxLength: 6 },
);

it("a change is said for the first term whose own price differs, and for none before it", () => {
  fc.assert(
    fc.property(listPrices, (later) => {
      const prices = [{ validFrom: new Date(0), priceMinor: 1n }, ...later];
      const ahead = { expiresAt: startsAt, anchorDay: 31, term, prices, billed: [] };
      const change = priceChange(ahead, { priceMinor: 1n, term }, "UTC");
      let at = startsAt;
      for (let count = 0; count < 26; count++) {
        const price = priceOfTerm(prices, at)?.priceMinor;
        if (price !== 1n) {
          expect(change).toEqual({ priceMinor: price, at });
          return;
        }
        at = termEnd(at, term, 31, "UTC");
      }
      expect(change).toBeNull();
    }),
  );
});
