import { expect, it } from "vitest";
import { numberSearch } from "./number-search";

it("an invoice is meant by its whole number, with or without zeros, or by its end alone", () => {
  const whole = { series: "INV-2026", sequence: "494", printed: "INV-2026-000494" };
  expect(numberSearch("INV-2026-000494")).toEqual(whole);
  expect(numberSearch(" inv-2026-494 ")).toEqual(whole);
  expect(numberSearch("494")).toEqual({ series: null, sequence: "494", printed: null });
  for (const text of ["", "INV-2026", "INV-2026-", "Wren 494", "4".repeat(19)])
    expect(numberSearch(text)).toBeNull();
});
