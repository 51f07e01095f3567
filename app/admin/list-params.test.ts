import { describe, expect, test } from "vitest";
import { commonFilter, listHref, wordIn } from "./list-params";

describe("the address of a list of staff's", () => {
  test("is the list's whole state", () => {
    const href = listHref("/admin/invoices", { state: "open", q: "a&b", from: null, to: "", cursor: "x" });
    expect(href).toBe("/admin/invoices?state=open&q=a%26b&cursor=x");
    expect(listHref("/admin/invoices", { state: null })).toBe("/admin/invoices");
  });

  test("that is old or mangled shows more, never an error", () => {
    expect(commonFilter({ q: "  ", from: "2026-02-30", to: ["2026-02-01", "x"], cursor: "" })).toEqual({
      text: null,
      from: null,
      to: "2026-02-01",
      refusedDays: null,
      cursor: null,
    });
    expect(commonFilter({ q: "x".repeat(300) }).text).toHaveLength(100);
    expect(commonFilter({ q: "a\0b" }).text).toBe("ab");
    expect(wordIn({ state: "nonsense" }, "state", ["open", "paid"])).toBeNull();
    expect(wordIn({ state: ["paid", "open"] }, "state", ["open", "paid"])).toBe("paid");
  });

  test("with days that end before they begin narrows nothing and keeps them to be told", () => {
    expect(commonFilter({ from: "2026-02-02", to: "2026-02-01" })).toMatchObject({
      ...{ from: null, to: null, refusedDays: { from: "2026-02-02", to: "2026-02-01" } },
    });
    const day = { from: "2026-02-01", to: "2026-02-01" };
    expect(commonFilter(day)).toMatchObject({ ...day, refusedDays: null });
  });
});
