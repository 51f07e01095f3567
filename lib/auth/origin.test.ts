import { describe, expect, test } from "vitest";
import { assertSameOrigin, ForeignOrigin, isSameOrigin } from "./origin";

const settings = { mallardUrl: "https://billing.ducky.example" };
const own = settings.mallardUrl;

describe("a request that changes something", () => {
  test.each([
    ["from our page", { origin: own }, true],
    ["from our page through a proxy that rewrites the host", { origin: own, host: "10.0.0.7:3000" }, true],
    ["without an Origin", {}, false],
    ["without an Origin, from our page by its Referer", { referer: `${own}/invoices` }, false],
    ["from nowhere", { origin: "null" }, false],
    ["with an empty Origin", { origin: "" }, false],
    ["from another site", { origin: "https://evil.example" }, false],
    [
      "from another site that forges the host it came through",
      { origin: "https://evil.example", host: "evil.example", "x-forwarded-host": "evil.example" },
      false,
    ],
    [
      "from another site that says it came through ours",
      {
        origin: "https://evil.example",
        "x-forwarded-host": "billing.ducky.example",
        forwarded: "host=evil.example",
      },
      false,
    ],
    ["from our name unencrypted", { origin: "http://billing.ducky.example" }, false],
    ["from another port", { origin: `${own}:8443` }, false],
    ["from a name below ours", { origin: "https://a.billing.ducky.example" }, false],
    ["from a name that begins as ours", { origin: `${own}.evil.example` }, false],
    ["from a name with ours as its user", { origin: "https://billing.ducky.example@evil.example" }, false],
    ["with two origins", { origin: `${own}, https://evil.example` }, false],
    ["in other letters", { origin: "https://BILLING.ducky.example" }, false],
    ["with a path", { origin: `${own}/` }, false],
  ] as [string, Record<string, string>, boolean][])("%s", (_what, given, allowed) => {
    const headers = new Headers(given);
    expect(isSameOrigin(headers, settings)).toBe(allowed);
    if (allowed) expect(() => assertSameOrigin(headers, settings)).not.toThrow();
    else expect(() => assertSameOrigin(headers, settings)).toThrow(ForeignOrigin);
  });
});
