import { describe, expect, it } from "vitest";
import { jsonRows } from "./json-rows";

describe("rows as a JSON list", () => {
  it("is what JSON.stringify would write, without what is null", () => {
    const at = new Date("2026-03-10T09:00:00.123Z");
    const rows = [
      {
        id: "a",
        note: 'a "quoted"\nline, 鸭, \u2028',
        at,
        count: 3,
        isOn: false,
        missing: null,
        no: undefined,
      },
      { id: "b", payload: { nested: ["x", 1, null] }, at: null },
    ];
    expect(jsonRows(rows)).toBe(
      JSON.stringify([
        { id: "a", note: 'a "quoted"\nline, 鸭, \u2028', at, count: 3, isOn: false },
        { id: "b", payload: { nested: ["x", 1, null] } },
      ]),
    );
  });

  it("writes every digit of an amount", () => {
    expect(jsonRows([{ amount_minor: 9_223_372_036_854_775_807n, other: -1n }])).toBe(
      '[{"amount_minor":9223372036854775807,"other":-1}]',
    );
  });

  it("is an empty list for no rows, and keeps rows of nothing", () => {
    expect(jsonRows([])).toBe("[]");
    expect(jsonRows([{}, { a: 1 }, {}])).toBe('[{},{"a":1},{}]');
  });
});
