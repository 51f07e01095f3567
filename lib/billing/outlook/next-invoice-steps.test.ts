import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addCalendarDays, addDays, type CalendarDay } from "@/lib/kernel/calendar";
import { daysFromDue } from "../invoice/days-from-due";
import { dueStages, toTell } from "../reminder/stages";
import { nextInvoiceSteps, type WaitingInvoice } from "./next-invoice-steps";

const timeZone = "Europe/Berlin";
const dueOn = "2026-03-30" as CalendarDay;
const noon = new Date("2026-03-30T10:00:00Z");
const waiting: WaitingInvoice = {
  origin: "renewal",
  dueOn,
  hasAutoPay: false,
  isCharged: false,
  lastDue: null,
  issueTold: -7,
  mailHour: 9,
  stages: dueStages,
  payBy: addCalendarDays(dueOn, 4),
  suspendsAt: new Date("2026-04-04T08:00:00Z"),
  terminatesAt: new Date("2026-04-18T08:00:00Z"),
  putOffBy: null,
};

const told = (invoice: Partial<WaitingInvoice>, now: string) =>
  nextInvoiceSteps({ ...waiting, ...invoice }, new Date(now), timeZone).map(
    ({ kind, at }) => `${kind} ${at.toISOString().slice(0, 16)}`,
  );

describe("what happens to an open invoice next", () => {
  it("is a reminder, the day it is due, and the suspension and deletion of what it renews", () => {
    expect(told({}, "2026-03-24T09:00:00Z")).toEqual([
      "remind 2026-03-27T08:00",
      "due 2026-03-29T22:00",
      "payBy 2026-04-02T22:00",
      "suspend 2026-04-04T08:00",
      "terminate 2026-04-18T08:00",
    ]);
  });

  it("is the deletion alone once it is suspended", () => {
    const suspended = { suspendsAt: null, payBy: null, lastDue: 6 };
    expect(told(suspended, "2026-04-05T09:00:00Z")).toEqual(["terminate 2026-04-18T08:00"]);
  });

  it("says of a suspension who put it off", () => {
    const last = (invoice: Partial<WaitingInvoice>) =>
      nextInvoiceSteps({ ...waiting, ...invoice }, new Date("2026-03-24T09:00:00Z"), timeZone).find(
        ({ kind }) => kind === "suspend",
      );
    const at = addDays(noon, 20, timeZone);
    expect(last({ suspendsAt: at, putOffBy: "host" })).toEqual({ kind: "suspend", at, putOffBy: "host" });
    expect(last({ suspendsAt: at })).toEqual({ kind: "suspend", at });
  });

  it("is the card where auto-pay will charge it, and no reminder of a debt", () => {
    expect(told({ hasAutoPay: true, isCharged: true }, "2026-03-24T09:00:00Z")).toEqual([
      "charge 2026-03-28T23:00",
      "due 2026-03-29T22:00",
      "payBy 2026-04-02T22:00",
      "suspend 2026-04-04T08:00",
      "terminate 2026-04-18T08:00",
    ]);
    // Daylight saving has begun: nine o'clock is seven in UTC.
    expect(told({ hasAutoPay: true }, "2026-03-31T05:00:00Z")[0]).toBe("remind 2026-03-31T07:00");
    expect(told({ hasAutoPay: true, lastDue: 0 }, "2026-03-31T09:00:00Z")[0]).toBe("charge 2026-03-31T22:00");
  });

  it("is the end of an order that nobody pays", () => {
    const order = { origin: "order", lastDue: 0, payBy: null, suspendsAt: null, terminatesAt: null } as const;
    expect(told(order, "2026-04-05T09:00:00Z")).toEqual(["void 2026-04-13T22:00"]);
    expect(told({ ...order, origin: "manual" }, "2026-04-05T09:00:00Z")).toEqual([]);
  });

  it("names the very hour at which the next stage then goes out, and is in order of time", () => {
    fc.assert(
      fc.property(
        fc.option(fc.constantFrom(...dueStages)),
        fc.option(fc.integer({ min: -20, max: 6 })),
        fc.integer({ min: -20, max: 6 }),
        (lastDue, issueTold, day) => {
          const invoice = { ...waiting, lastDue, issueTold };
          const now = addDays(noon, day, timeZone);
          const steps = nextInvoiceSteps(invoice, now, timeZone);
          expect(steps).toEqual([...steps].sort((a, b) => +a.at - +b.at));
          // Slow and obvious: one day after the other from tomorrow on, since today's mails are out, until there is something.
          let expected: number | null = null;
          for (let later = day + 1; later <= 8 && expected === null; later += 1) {
            const { isIssue, stage } = toTell({ ...invoice, daysFromDue: later });
            if (isIssue || stage !== null) expected = later;
          }
          const remind = steps.find(({ kind }) => kind === "remind");
          expect(remind ? daysFromDue(dueOn, remind.at, timeZone) : null).toBe(expected);
        },
      ),
    );
  });
});
