import { expect, it } from "vitest";
import { isExpired } from "./chosen-card";

const timeZone = "Asia/Shanghai";

it.each([
  ["2026-11-30T15:59:59.999Z", false],
  ["2026-11-30T16:00:00.000Z", true],
  ["2026-12-01T00:00:00.000Z", true],
  ["2026-10-31T15:59:59.999Z", false],
])(
  "a card of 11/2026 is good to the end of that month in the billing time zone: at %s expired is %s",
  (at, expired) => {
    expect(isExpired({ expMonth: 11, expYear: 2026 }, { now: new Date(at), timeZone })).toBe(expired);
  },
);

it.each([
  [{ expMonth: 9, expYear: 2026 }, true],
  [{ expMonth: 10, expYear: 2026 }, false],
  [{ expMonth: 1, expYear: 2027 }, false],
  [{ expMonth: 12, expYear: 2025 }, true],
])(
  "the month of %j is a number of its year, also below ten: expired in October 2026 is %s",
  (card, expired) => {
    expect(isExpired(card, { now: new Date("2026-10-15T00:00:00Z"), timeZone })).toBe(expired);
  },
);
