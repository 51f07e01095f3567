import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { safeCallbackPath, safeCallbackUrl, signInPath } from "./callback-path";

const origin = "https://billing.ducky.example";

describe("the way back after signing in", () => {
  test.each([
    "/",
    "/invoices",
    "/invoices/DC-2026-0001",
    "/invoices?status=open&status=past_due&text=%E9%B8%AD",
    "/return/018f0000-0000-7000-8000-000000000001",
    "/balance?month=2026-11",
    "/services/",
  ])("%s is gone to", (path) => {
    expect(safeCallbackPath(path)).toBe(path);
    expect(safeCallbackUrl(path, origin)).toBe(origin + path);
    expect(safeCallbackUrl(origin + path, origin)).toBe(origin + path);
  });

  test.each([
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "/%252fevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/a//evil.example",
    "/%2e%2e//evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "/javascript:alert(1)",
    "data:text/html,x",
    "https:evil.example",
    "https://evil.example",
    "https://billing.ducky.example.evil.example/",
    "https://billing.ducky.example@evil.example/",
    "evil.example",
    "@evil.example",
    "",
    "?x",
    "/invoices?x=<script>",
    "/invoices?x=\\",
    "/inv\u2028oices",
    "/api/auth/signout",
    "/sign-in?callbackUrl=/sign-in",
    "/reset/abc",
    `/${"a".repeat(2000)}`,
    ["/invoices", "/balance"],
    null,
    undefined,
    7,
  ])("%j leads home", (text) => {
    expect(safeCallbackPath(text)).toBe("/");
    expect(safeCallbackUrl(text, origin)).toBe(`${origin}/`);
  });

  test("a fragment is dropped", () => {
    expect(safeCallbackPath("/invoices?a=b#//evil")).toBe("/invoices?a=b");
  });

  test("never leaves the site, whatever the text and however often it is decoded, and stays what it is", () => {
    const nasty = fc.constantFrom(
      "/",
      "\\",
      "//",
      ":",
      "@",
      "%2f",
      "%5c",
      "%00",
      ".",
      "..",
      "\t",
      "\n",
      "?",
      "#",
      "javascript:",
      "https:",
      "evil.example",
      "a",
      "鸭",
      "\u0000",
      "%252f",
      ";",
      "&",
    );
    const texts = fc.oneof(
      fc.array(nasty, { maxLength: 12 }).map((parts) => parts.join("")),
      fc.string(),
      fc.webUrl(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const path = safeCallbackPath(text);
        expect(safeCallbackPath(path)).toBe(path);
        for (const seen of [path, decoded(path), decoded(decoded(path))]) {
          const [place = ""] = seen.split(/[?#]/, 1);
          expect(new URL(place, origin).origin).toBe(origin);
          expect(place).not.toMatch(/^[/\\]{2}|[\\\p{Cc}]/u);
        }
        expect(new URL(path, origin).origin).toBe(origin);
        expect(new URL(safeCallbackUrl(text, origin)).origin).toBe(origin);
      }),
      { numRuns: 2000 },
    );
  });
});

test("the sign-in page is told the way back, if it is one", () => {
  expect(signInPath("/invoices?status=open")).toBe("/sign-in?callbackUrl=%2Finvoices%3Fstatus%3Dopen");
  expect(signInPath("//evil")).toBe("/sign-in");
  expect(signInPath(undefined)).toBe("/sign-in");
});

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
