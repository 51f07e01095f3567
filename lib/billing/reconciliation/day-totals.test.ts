import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { DayTotals } from "./day-totals";

interface Facts {
  at: Date;
  amountMinor: bigint;
  feeMinor: bigint;
  currency: "USD" | "EUR" | "JPY";
}

const facts: fc.Arbitrary<Facts> = fc.record({
  at: fc.date({ min: new Date("2026-03-01"), max: new Date("2026-03-08"), noInvalidDate: true }),
  amountMinor: fc.bigInt({ min: 1n, max: 1_000_000n }),
  feeMinor: fc.bigInt({ min: 0n, max: 30_000n }),
  currency: fc.constantFrom("USD", "EUR", "JPY"),
});

describe("the days added up", () => {
  const zones = fc.constantFrom("UTC", "Pacific/Auckland", "America/New_York");
  const end = "2026-04-01" as CalendarDay;

  function totalsOf(timeZone: string, stripe: readonly Facts[], books: readonly Facts[]): DayTotals {
    const totals = new DayTotals(timeZone);
    for (const { at, currency, amountMinor, feeMinor } of stripe)
      totals.addSaid(at, currency, { takenMinor: amountMinor, feeMinor });
    for (const { at, currency, amountMinor, feeMinor } of books)
      totals.addBooked(at, currency, { takenMinor: amountMinor, feeMinor });
    return totals;
  }

  it("do not differ where every charge is booked, in whatever order", () => {
    fc.assert(
      fc.property(fc.array(facts), zones, (all, zone) => {
        expect(totalsOf(zone, all, all.toReversed()).differences(end)).toEqual([]);
      }),
    );
  });

  it("differ on each day and currency of which one side lacks a charge, by exactly that, and on no other", () => {
    fc.assert(
      fc.property(fc.array(facts), fc.array(facts), fc.array(facts), zones, (both, stripe, books, zone) => {
        const differences = totalsOf(zone, [...both, ...stripe], [...both, ...books]).differences(end);
        const net = new Map<string, { taken: bigint; fee: bigint }>();
        const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
        for (const [list, sign] of [
          [stripe, 1n],
          [books, -1n],
        ] as const) {
          for (const { at, currency, amountMinor, feeMinor } of list) {
            const key = `${day.format(at)} ${currency}`;
            const { taken, fee } = net.get(key) ?? { taken: 0n, fee: 0n };
            net.set(key, { taken: taken + sign * amountMinor, fee: fee + sign * feeMinor });
          }
        }
        const expected = [...net].filter(([, { taken, fee }]) => taken !== 0n || fee !== 0n);
        const found = differences.map(({ day, currency, stripe: said, books: ours }) => [
          `${day} ${currency}`,
          { taken: said.takenMinor - ours.takenMinor, fee: said.feeMinor - ours.feeMinor },
        ]);
        expect(found).toEqual(expected.sort(([a], [b]) => (a < b ? -1 : 1)));
      }),
    );
  });

  it("are not told before they are over", () => {
    const one = { at: new Date("2026-03-05T23:30:00Z"), amountMinor: 5n, feeMinor: 0n } as const;
    const totals = totalsOf("UTC", [{ ...one, currency: "USD" }], []);
    expect(totals.differences("2026-03-05" as CalendarDay)).toEqual([]);
    expect(totals.differences("2026-03-06" as CalendarDay)).toHaveLength(1);
  });
});
