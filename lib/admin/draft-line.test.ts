import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineIn, percentOf, ppmIn } from "./draft-line";

describe("a percentage", () => {
  it("is read as it is written, for each rate there can be", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (ppm) => {
        expect(ppmIn(percentOf(ppm))).toBe(ppm);
      }),
    );
  });

  it.each([
    ["19", 190_000],
    [" 7,7 % ", 77_000],
    ["0", 0],
    ["100", 1_000_000],
  ])("%s is %i parts per million", (text, ppm) => expect(ppmIn(text)).toBe(ppm));

  it.each(["", "-1", "100.1", "1e1", "19.00001", "½"])("is not %j", (text) => {
    expect(ppmIn(text)).toBeNull();
  });
});

describe("a line", () => {
  const line = { kind: "item", description: "Work", quantity: "2", unit: "12.50", taxRate: "19" } as const;

  it("is what its form says; a discount takes away", () => {
    const kept = { description: "Work", quantity: "2", unitMinor: 1_250n, taxRatePpm: 190_000 };
    expect(lineIn(line, "EUR", 1)).toEqual({ ok: true, value: kept });
    expect(lineIn({ ...line, kind: "discount" }, "EUR", 1)).toMatchObject({ value: { unitMinor: -1_250n } });
  });

  it.each([
    ["2.5", "2.5"],
    [" 2,50 ", "2.5"],
    ["0.125", "0.125"],
    ["007.0", "7"],
  ])("takes %j as a quantity of %s", (quantity, kept) => {
    expect(lineIn({ ...line, quantity }, "EUR", 1)).toMatchObject({ ok: true, value: { quantity: kept } });
  });

  it.each([
    ["line_description_missing", { description: " " }],
    ["line_description_too_long", { description: "x".repeat(501) }],
    ["line_quantity_malformed", { quantity: "0" }],
    ["line_quantity_malformed", { quantity: "1.2345" }],
    ["line_quantity_malformed", { quantity: "0.000" }],
    ["line_quantity_malformed", { quantity: "1000000.5" }],
    ["line_quantity_malformed", { quantity: "1e3" }],
    ["line_quantity_malformed", { quantity: "1000001" }],
    ["line_amount_malformed", { unit: "-1" }],
    ["line_amount_malformed", { unit: "" }],
    ["line_amount_too_large", { unit: "9999999999", quantity: "1000000" }],
    ["line_tax_malformed", { taxRate: "101" }],
  ])("is refused as %s, with its number", (code, wish) => {
    expect(lineIn({ ...line, ...wish }, "EUR", 3)).toMatchObject({ ok: false, refusal: { code, line: 3 } });
  });
});
