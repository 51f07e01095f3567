import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  invoicesHref,
  parseInvoiceFilter,
  refusedAmounts,
  refusedDays,
} from "@/app/(portal)/invoices/search-params";

const everything = parseInvoiceFilter({});

function parseHref(href: string) {
  const params = new URL(href, "http://portal.test").searchParams;
  return parseInvoiceFilter(
    Object.fromEntries([...params.keys()].map((name) => [name, params.getAll(name)])),
  );
}

describe("the address of the invoice list", () => {
  it("shows everything, newest first, without any parameter", () => {
    expect(everything).toMatchObject({ status: [], text: null, sort: "issued", cursor: null });
    expect(invoicesHref(everything)).toBe("/invoices");
  });

  it("comes back as it was written", () => {
    const filter = parseInvoiceFilter({
      status: ["open", "past_due"],
      from: "2026-01-31",
      to: "2026-02-28",
      min: "12,30",
      max: "1000",
      service: "0197a7c2-5b1e-7c44-9c3a-6a51a0f5c001",
      q: " 服务器 & <b> ",
      sort: "due",
      cursor: "WyIxIl0",
    });
    expect(filter).toMatchObject({ amountFrom: "12.30", text: "服务器 & <b>", issuedTo: "2026-02-28" });
    expect(parseHref(invoicesHref(filter))).toEqual(filter);
  });

  it("leaves out what it does not understand", () => {
    const mangled = {
      status: ["paid'--", "__proto__", "constructor"],
      from: "2026-02-30",
      min: "-1",
      max: "1e9",
      service: "../1",
      sort: "number",
    };
    expect(parseInvoiceFilter(mangled)).toEqual(everything);
  });

  it("leaves out days that end before they begin, for its form to say so", () => {
    const reversed = { from: "2026-03-01", to: "2026-02-28" };
    expect(parseInvoiceFilter(reversed)).toEqual(everything);
    expect(refusedDays(reversed)).toEqual(reversed);
    expect(refusedDays({ from: "2026-02-28", to: "2026-03-01" })).toBeNull();
  });

  it.each([
    { min: "100", max: "20" },
    { min: "9.5", max: "9.45" },
    { min: "10", max: "9,999" },
  ])("leaves out a least amount above the most, for its form to say so: $min to $max", ({ min, max }) => {
    expect(parseInvoiceFilter({ min, max })).toEqual(everything);
    expect(refusedAmounts({ min, max })).toEqual({ from: min, to: max.replace(",", ".") });
    expect(refusedAmounts({ min: max, max: min })).toBeNull();
    expect(parseInvoiceFilter({ min: max, max: min })).toMatchObject({ amountTo: min });
  });

  it("takes the same amount as least and most, however it is written", () => {
    expect(parseInvoiceFilter({ min: "9.50", max: "9.5" })).toMatchObject({
      amountFrom: "9.50",
      amountTo: "9.5",
    });
    expect(refusedAmounts({ min: "9.50", max: "9.5" })).toBeNull();
  });

  it("never throws, whatever the address says, and is stable once read", () => {
    const value = fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(undefined));
    const names = fc.constantFrom(
      "status",
      "from",
      "to",
      "min",
      "max",
      "service",
      "q",
      "sort",
      "cursor",
      "x",
    );
    fc.assert(
      fc.property(fc.dictionary(names, value), (raw) => {
        const filter = parseInvoiceFilter(raw);
        expect(parseHref(invoicesHref(filter))).toEqual(filter);
      }),
    );
  });
});
