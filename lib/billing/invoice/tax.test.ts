import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "@/lib/kernel/clock";
import { money } from "@/lib/kernel/money";
import { dueIn } from "./days-from-due";
import { type InvoiceDraft, type LineDraft, priceInvoice } from "./draft";
import { creditByNet, type Taxable, type TaxLeft, taxLines, timesQuantity } from "./tax";
import { flatTax, ratePpmOf, type TaxRule } from "./tax-rule";

const rates = fc.constantFrom(
  0,
  1,
  25_000,
  55_000,
  70_000,
  77_000,
  190_000,
  200_000,
  255_000,
  333_333,
  1_000_000,
);
const million = 1_000_000n;
const sum = (list: readonly bigint[]) => list.reduce((total, one) => total + one, 0n);

/** By definition: the whole nearest to a fraction, and of two the one further from zero. */
function nearest(dividend: bigint, divisor: bigint): bigint {
  const size = dividend < 0n ? -dividend : dividend;
  const below = size / divisor;
  const rounded = (size - below * divisor) * 2n >= divisor ? below + 1n : below;
  return dividend < 0n ? -rounded : rounded;
}

const net = (amountMinor: bigint, ratePpm = 190_000): Taxable => ({
  amountMinor,
  ratePpm,
  includesTax: false,
});
const gross = (amountMinor: bigint, ratePpm = 190_000): Taxable => ({
  amountMinor,
  ratePpm,
  includesTax: true,
});
const taxOf = (lines: readonly Taxable[]) => sum(taxLines(lines).map(({ taxMinor }) => taxMinor));

describe("the tax of an invoice", () => {
  it("is rounded once for each rate: eight lines of 5.50 at 19 % make 8.36, not eight times 1.04", () => {
    const taxed = taxLines(Array.from({ length: 8 }, () => net(550n)));
    expect(sum(taxed.map(({ taxMinor }) => taxMinor))).toBe(836n);
    expect(taxed.map(({ taxMinor }) => taxMinor)).toEqual([105n, 105n, 105n, 105n, 104n, 104n, 104n, 104n]);
  });

  it("is rounded half up: 2.50 at 1 % is 0.03", () => {
    expect(taxOf([net(250n, 10_000)])).toBe(3n);
    expect(taxOf([net(350n, 10_000)])).toBe(4n);
    expect(taxOf([net(-250n, 10_000)])).toBe(-3n);
  });

  it("of prices with tax leaves their sum as it is: three times 10.00 at 19 % is 30.00", () => {
    const taxed = taxLines([gross(1000n), gross(1000n), gross(1000n)]);
    expect(sum(taxed.map(({ netMinor }) => netMinor))).toBe(2521n);
    expect(sum(taxed.map(({ taxMinor }) => taxMinor))).toBe(479n);
    for (const { netMinor, taxMinor } of taxed) expect(netMinor + taxMinor).toBe(1000n);
  });

  it("is that of each rate's own sum, split exactly over its lines, with discounts, whatever the sums are", () => {
    const line = fc.record({
      amountMinor: fc.oneof(fc.bigInt(-5000n, 5000n), fc.bigInt(-(10n ** 17n), 10n ** 17n)),
      ratePpm: rates,
      includesTax: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (lines) => {
        const taxed = taxLines(lines);
        for (const ratePpm of new Set(lines.map((one) => one.ratePpm))) {
          const rate = BigInt(ratePpm);
          const of = (includesTax: boolean) =>
            lines.flatMap((one, at) => {
              const part = taxed[at];
              return part && one.ratePpm === ratePpm && one.includesTax === includesTax
                ? [{ ...one, ...part }]
                : [];
            });
          const [plain, within] = [of(false), of(true)];
          expect(sum(plain.map(({ taxMinor }) => taxMinor))).toBe(
            nearest(sum(plain.map(({ amountMinor }) => amountMinor)) * rate, million),
          );
          const all = sum(within.map(({ amountMinor }) => amountMinor));
          expect(sum(within.map(({ netMinor }) => netMinor))).toBe(nearest(all * million, million + rate));
          for (const { amountMinor, netMinor, taxMinor } of within)
            expect(netMinor + taxMinor).toBe(amountMinor);
          for (const { amountMinor, netMinor, taxMinor } of plain) {
            expect(netMinor).toBe(amountMinor);
            const off = taxMinor * million - amountMinor * rate;
            expect(off > -million && off < million).toBe(true);
          }
        }
        for (const { netMinor, taxMinor } of taxed) {
          expect(netMinor > 0n ? taxMinor >= 0n : netMinor < 0n ? taxMinor <= 0n : true).toBe(true);
        }
      }),
    );
  });
});

describe("a credit note", () => {
  it("by net: eight notes of an eighth add up to the whole", () => {
    let left: TaxLeft = { netMinor: 4400n, taxMinor: 836n, ratePpm: 190_000 };
    const notes = Array.from({ length: 8 }, () => {
      const note = creditByNet(left, 550n);
      left = { ...left, netMinor: left.netMinor - note.netMinor, taxMinor: left.taxMinor - note.taxMinor };
      return note.taxMinor;
    });
    expect(sum(notes)).toBe(836n);
    expect(left).toMatchObject({ netMinor: 0n, taxMinor: 0n });
  });

  it("by net, in any parts and any order, takes the whole and never more than is left", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(0n, 10n ** 15n), { minLength: 1, maxLength: 12 }),
        rates,
        (parts, ratePpm) => {
          const whole = sum(parts);
          const taxMinor = nearest(whole * BigInt(ratePpm), million);
          let left: TaxLeft = { netMinor: whole, taxMinor, ratePpm };
          for (const part of parts) {
            const note = creditByNet(left, part);
            expect(note.taxMinor >= 0n && note.taxMinor <= left.taxMinor).toBe(true);
            left = { ...left, netMinor: left.netMinor - part, taxMinor: left.taxMinor - note.taxMinor };
            // What stays is taxed as if it had been billed alone.
            expect(left.taxMinor).toBe(nearest(left.netMinor * BigInt(ratePpm), million));
          }
          expect(left).toMatchObject({ netMinor: 0n, taxMinor: 0n });
        },
      ),
    );
  });
});

describe("a quantity", () => {
  it("is exact with its decimals, and rounds half up", () => {
    expect(timesQuantity(1_000n, "2.5")).toBe(2_500n);
    expect(timesQuantity(1n, "0.5")).toBe(1n);
    expect(timesQuantity(-1n, "0.5")).toBe(-1n);
    expect(timesQuantity(333n, "0.333")).toBe(111n);
    expect(timesQuantity(10n ** 14n, "1000000")).toBe(10n ** 20n);
    expect(timesQuantity(7n, 3)).toBe(21n);
  });
});

describe("the rate of a line", () => {
  const [old, fresh] = [new Date("2025-01-01T00:00:00Z"), new Date("2026-07-01T00:00:00Z")];
  const known = [
    { validFrom: fresh, ratePpm: 200_000 },
    { validFrom: old, ratePpm: 190_000 },
  ];
  const rule = (point: TaxRule["point"]): TaxRule => ({ point, rates: known });
  const issuedAt = new Date("2026-06-24T09:00:00Z");
  const over = { startsAt: new Date("2026-06-15T00:00:00Z"), endsAt: new Date("2026-07-15T00:00:00Z") };
  const before = { startsAt: new Date("2026-06-01T00:00:00Z"), endsAt: fresh };
  const after = { startsAt: fresh, endsAt: new Date("2026-08-01T00:00:00Z") };

  it.each([
    ["term_start", over, 190_000],
    ["term_start", after, 200_000],
    ["term_end", over, 200_000],
    ["term_end", before, 190_000],
    ["invoice", after, 190_000],
  ] as const)("at %s", (point, period, expected) => {
    expect(ratePpmOf(rule(point), period, issuedAt)).toBe(expected);
    expect(ratePpmOf(rule(point), null, issuedAt)).toBe(190_000);
    expect(ratePpmOf(rule(point), null, new Date(0))).toBe(0);
  });
});

it("a quote is priced as its invoice, in currencies of any exponent", () => {
  const clock = manualClock(new Date("2026-03-10T09:00:00Z"));
  const now = clock.now();
  for (const [currency, minor] of [
    ["JPY", 7n],
    ["KWD", 1_235n],
    ["EUR", 550n],
  ] as const) {
    const line: LineDraft = { kind: "other", description: "Work", quantity: 1, unit: money(minor, currency) };
    const draft: InvoiceDraft = {
      ...{ origin: "manual", currency, summary: "Work", dueOn: dueIn(0, now, "UTC") },
      lines: [line, line, { ...line, taxRatePpm: 70_000 }, { ...line, taxRatePpm: 0 }],
    };
    const priced = priceInvoice(draft, flatTax(190_000), { clock, now });
    expect(priced.tax.minor).toBe(
      nearest(2n * minor * 190_000n, million) + nearest(minor * 70_000n, million),
    );
    expect(priced.total.minor).toBe(4n * minor + priced.tax.minor);
  }
});

it("a credit note gives back no tax that is not left, and all that is left with the last of the net", () => {
  const some = fc.bigInt({ min: 0n, max: 10_000n });
  fc.assert(
    fc.property(
      some,
      some,
      some,
      fc.integer({ min: 0, max: 300_000 }),
      (netMinor, taxMinor, cut, ratePpm) => {
        const part = cut < netMinor ? cut : netMinor;
        const note = creditByNet({ netMinor, taxMinor, ratePpm }, part);
        expect(note.taxMinor >= 0n && note.taxMinor <= taxMinor).toBe(true);
        expect(creditByNet({ netMinor, taxMinor, ratePpm }, netMinor)).toEqual({ netMinor, taxMinor });
      },
    ),
  );
});
