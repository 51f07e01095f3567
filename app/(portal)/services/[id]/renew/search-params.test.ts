import { describe, expect, it } from "vitest";
import { parseTerms, renewHref } from "./search-params";

describe("the address of a renewal", () => {
  it("keeps the number of terms", () => {
    expect(renewHref("x", 1)).toBe("/services/x/renew");
    expect(renewHref("x", 12)).toBe("/services/x/renew?terms=12");
    expect(parseTerms({ terms: "12" })).toBe(12);
  });

  it.each(["0", "-1", "1.5", "many", "100", ""])("reads %j as one term", (terms) => {
    expect(parseTerms({ terms })).toBe(1);
  });
});
