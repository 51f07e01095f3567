import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesOf } from "./lines";
import { prepare, replacement, runsOf } from "./runs";

/** Every character one point wide: what is counted is characters. */
const lines = (text: string, width: number) =>
  linesOf(text, width, 400, (run) => [...run.text].length).map(({ runs }) =>
    runs.map((run) => run.text).join(""),
  );
const runs = (text: string) => {
  const prepared = prepare(text, 400);
  return runsOf(prepared, 0, prepared.text.length).map((run) => run.text);
};

describe("the lines of a text", () => {
  it("break at spaces, in Chinese between words, and within a word that is too wide", () => {
    expect(lines("one two three", 7)).toEqual(["one two", "three"]);
    expect(lines("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
    const chinese = lines("云服务器的续费账单，请付款。", 5);
    expect(chinese.join("")).toBe("云服务器的续费账单，请付款。");
    for (const line of chinese) expect(line).not.toMatch(/^[，。]/);
  });

  it("lose nothing but spaces at their ends, and are never too wide", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", " ", "账", "单", "，", "Я", "é", "-", "("),
      maxLength: 80,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (given, width) => {
        const broken = lines(given, width);
        for (const line of broken) expect([...line].length).toBeLessThanOrEqual(width);
        expect(broken.join("").replaceAll(" ", "")).toBe(given.replaceAll(" ", ""));
      }),
    );
  });
});

describe("the runs of a line", () => {
  it("go from right to left within Arabic, its figures and Latin names from left to right", () => {
    expect(runs("ACME شركة الاتصالات")).toEqual(["ACME ", "شركة الاتصالات"]);
    expect(runs("شركة (ABC 12)").join("")).toBe("(ABC 12)شركة ");
  });

  it("show what no font has by a sign, once for each", () => {
    expect(runs("a🦆b👨‍👩‍👧").join("")).toBe(`a${replacement}b${replacement}`);
    expect(runs("ﬁ").join("")).toBe("fi");
    expect(runs("\ud800x\u0000y\u202ez").join("")).toBe(`${replacement}x yz`);
  });

  it("come for any text whatever", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        for (const run of runs(text)) expect(run).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});
