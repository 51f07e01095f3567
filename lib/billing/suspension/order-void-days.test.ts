import fc from "fast-check";
import { expect, it } from "vitest";
import { orderVoidAt, orderVoidDueBy } from "./order-void-days";

const hourMs = 3_600_000;

it("an order is void on the day that its page names: not an hour sooner, and at once where that is past", () => {
  const dueAt = new Date("2026-03-20T15:00:00Z");
  // Daylight saving begins on 29 March: the local time of day stays.
  const today = { now: dueAt, timeZone: "Europe/Berlin" };
  expect(orderVoidAt(dueAt, today)).toEqual(new Date("2026-04-03T14:00:00Z"));
  const later = new Date("2026-04-09T09:00:00Z");
  expect(orderVoidAt(dueAt, { ...today, now: later })).toEqual(later);
});

it("the day that is shown is the day on which the job takes it, in every time zone but for the hour that clocks change by", () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true }),
      fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"),
      (dueAt, timeZone) => {
        const shown = orderVoidAt(dueAt, { now: dueAt, timeZone });
        const isTaken = (ms: number) =>
          dueAt <= orderVoidDueBy({ now: new Date(shown.getTime() + ms), timeZone });
        expect([isTaken(-hourMs - 1), isTaken(hourMs)]).toEqual([false, true]);
      },
    ),
  );
});
