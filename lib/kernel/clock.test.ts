import { expect, test } from "vitest";
import { manualClock, systemClock } from "@/lib/kernel/clock";

const start = new Date("2026-11-23T08:00:00Z");

test("a manual clock stands until it is moved", () => {
  const clock = manualClock(start);
  expect(clock.now()).toEqual(start);
  clock.advance(1500);
  expect(clock.now()).toEqual(new Date("2026-11-23T08:00:01.500Z"));
  clock.set(start);
  expect(clock.now()).toEqual(start);
});

test("changing a date that went in or came out does not move the clock", () => {
  const given = new Date(start);
  const clock = manualClock(given);
  given.setUTCFullYear(1999);
  clock.now().setUTCFullYear(1999);
  expect(clock.now()).toEqual(start);
});

test("an invalid date is a bug, at once", () => {
  const clock = manualClock(start);
  expect(() => manualClock(new Date("soon"))).toThrow("invalid date");
  expect(() => clock.set(new Date(Number.NaN))).toThrow("invalid date");
  expect(() => clock.advance(Number.NaN)).toThrow("invalid date");
  expect(clock.now()).toEqual(start);
});

test("the system's clock tells a valid instant", () => {
  expect(Number.isNaN(systemClock.now().getTime())).toBe(false);
});
