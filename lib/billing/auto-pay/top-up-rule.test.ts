import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AutoTopUpAttempt, isTopUpDue } from "./top-up-rule";

const now = new Date("2026-04-10T09:00:00Z");
const settings = { thresholdMinor: 500n, amountMinor: 2000n, monthlyCapMinor: 6000n };
const low = { postedMinor: 499n, shortMinor: null };
const tried = (
  minutesAgo: number,
  state: AutoTopUpAttempt["state"],
  amountMinor = 2000n,
): AutoTopUpAttempt => ({
  at: new Date(now.getTime() - minutesAgo * 60_000),
  state,
  amountMinor,
  isOfThisMonth: true,
});

describe("an automatic top-up", () => {
  it("is due below the threshold, and not at it", () => {
    expect(isTopUpDue(settings, low, [], now)).toBe(true);
    expect(isTopUpDue(settings, { postedMinor: 500n, shortMinor: null }, [], now)).toBe(false);
  });

  it("for a shortfall is tried only if it covers that", () => {
    const short = (shortMinor: bigint) => ({ postedMinor: 5000n, shortMinor });
    expect([0n, 1n, 2000n, 2001n].map((minor) => isTopUpDue(settings, short(minor), [], now))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("is tried at most twice in ten minutes, not within an hour of a failure, and not while one is under way", () => {
    const cases: [AutoTopUpAttempt[], boolean][] = [
      [[tried(9, "succeeded", 1n), tried(5, "succeeded", 1n)], false],
      [[tried(11, "succeeded", 1n), tried(5, "succeeded", 1n)], true],
      [[tried(59, "failed")], false],
      [[tried(61, "failed")], true],
      [[tried(600, "open")], false],
    ];
    for (const [attempts, isDue] of cases) expect(isTopUpDue(settings, low, attempts, now)).toBe(isDue);
  });

  it("never brings a month above its cap, whatever was tried", () => {
    const attempts = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 50_000 }).map((minutes) => new Date(now.getTime() - minutes * 60_000)),
        state: fc.constantFrom("open" as const, "succeeded" as const, "failed" as const),
        amountMinor: fc.bigInt({ min: 1n, max: 3000n }),
        isOfThisMonth: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(attempts, (all) => {
        if (!isTopUpDue(settings, low, all, now)) return;
        const spent = all
          .filter(({ state, isOfThisMonth }) => state === "succeeded" && isOfThisMonth)
          .reduce((total, { amountMinor }) => total + amountMinor, 0n);
        expect(spent + settings.amountMinor).toBeLessThanOrEqual(settings.monthlyCapMinor);
      }),
    );
  });
});

it("an automatic top-up may fill the cap of its month, whatever was topped up in the months before", () => {
  const earlier = { ...tried(20_000, "succeeded", 6000n), isOfThisMonth: false };
  expect(isTopUpDue(settings, low, [earlier, tried(90, "succeeded", 4000n)], now)).toBe(true);
  expect(isTopUpDue(settings, low, [earlier, tried(90, "succeeded", 4001n)], now)).toBe(false);
  expect(isTopUpDue(settings, low, [tried(90, "failed", 6000n)], now)).toBe(true);
});
