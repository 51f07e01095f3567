import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linkedText } from "./linked-text";

const origin = "https://billing.ducky.example";
const pathsIn = (text: string) =>
  linkedText(text, origin)
    .map(({ path }) => path)
    .filter((path) => path !== null);

describe("the text of a mail in the inbox", () => {
  it("has the portal's own addresses as links, and all of its words", () => {
    const text = `Top up: ${origin}/balance/top-up?invoice=INV-1\n\n-- \nDucky Cloud · ${origin}\n`;
    expect(linkedText(text, origin)).toEqual([
      { text: "Top up: ", path: null },
      { text: `${origin}/balance/top-up?invoice=INV-1`, path: "/balance/top-up?invoice=INV-1" },
      { text: "\n\n-- \nDucky Cloud · ", path: null },
      { text: origin, path: "/" },
      { text: "\n", path: null },
    ]);
  });

  it.each([
    "https://evil.example/invoices",
    "https://billing.ducky.example.evil.example/",
    "https://billing.ducky.example@evil.example/",
    "http://billing.ducky.example/",
    `${origin}//evil.example`,
    "javascript:alert(1)",
  ])("does not lead to %s", (address) => {
    expect(pathsIn(`Hello ${address} there`)).toEqual([]);
  });

  it("says what was written, whatever that is, and only ever leads to paths of the portal", () => {
    const word = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.webPath().map((path) => `${origin}${path}`),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const text = words.join(" ");
        expect(
          linkedText(text, origin)
            .map((piece) => piece.text)
            .join(""),
        ).toBe(text);
        for (const path of pathsIn(text)) expect(new URL(path, origin).origin).toBe(origin);
      }),
    );
  });
});
