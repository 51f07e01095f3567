import { describe, expect, it } from "vitest";
import { parseTopUpQuery, topUpHref } from "./search-params";

describe("the address of a top-up", () => {
  it("keeps the invoice, the amount and the currency", () => {
    const query = { invoiceNumber: "INV-2026-000001", amount: "3.20", currency: "USD" as const };
    const href = topUpHref(query);
    expect(href).toBe("/balance/top-up?invoice=INV-2026-000001&amount=3.20&currency=USD");
    expect(parseTopUpQuery(Object.fromEntries(new URL(href, "http://x").searchParams))).toEqual(query);
  });

  it.each([
    { amount: "-5" },
    { amount: "3.2000" },
    { amount: "a lot" },
    { amount: "9".repeat(13) },
    { currency: "XXX" },
    { invoice: "" },
    { invoice: "x".repeat(101) },
  ])("leaves out %j", (raw) => {
    expect(topUpHref(parseTopUpQuery(raw))).toBe("/balance/top-up");
  });

  it("takes the first of what is said several times", () => {
    expect(parseTopUpQuery({ amount: ["1", "2"] }).amount).toBe("1");
  });
});
