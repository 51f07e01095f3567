import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { nextSteps, type SteppingService } from "./next-steps";

const now = new Date("2026-03-10T09:00:00Z");
const expiresAt = new Date("2026-03-27T15:00:00Z");
const day = (text: string) => text as CalendarDay;
const plan = { leadDays: 7, graceDays: 4, terminateDays: 14 };
const running: SteppingService = {
  state: "active",
  expiresAt,
  isEnding: false,
  plan,
  mailHour: 9,
  renewal: null,
  suspendedAt: null,
};

const told = (service: Partial<SteppingService>, at = now) =>
  nextSteps({ ...running, ...service }, at, "Europe/Berlin").map(
    ({ kind, at, putOffBy }) =>
      `${kind} ${at.toISOString().slice(0, 16)}${putOffBy ? ` put off by ${putOffBy}` : ""}`,
  );

describe("what happens to a service next", () => {
  it("is its invoice a lead before it expires, then due, suspended after grace, and terminated", () => {
    // In Berlin, where daylight saving begins on 29 March: days begin at 23:00, then at 22:00, and ten o'clock is at 8:00.
    expect(told({})).toEqual([
      "issue 2026-03-20T15:00",
      "due 2026-03-26T23:00",
      "payBy 2026-03-30T22:00",
      "suspend 2026-04-01T08:00",
      "terminate 2026-04-15T08:00",
    ]);
  });

  it("is suspended later by the days that the customer took, and not before staff's hold is over", () => {
    const renewal = { state: "invoiced", dueOn: day("2026-03-27") } as const;
    const suspension = (more: Partial<SteppingService>) => told({ renewal, ...more })[2];
    expect(suspension({})).toBe("suspend 2026-04-01T08:00");
    expect(suspension({ renewal: { ...renewal, ownGraceDays: 3 } })).toBe(
      "suspend 2026-04-04T08:00 put off by customer",
    );
    expect(suspension({ holdUntil: new Date("2026-03-29T00:00Z") })).toBe("suspend 2026-04-01T08:00");
    // The day after the last one that staff gave, with the mails of that day and not at midnight.
    expect(suspension({ holdUntil: new Date("2026-04-30T22:00Z") })).toBe(
      "suspend 2026-05-01T08:00 put off by host",
    );
    expect(told({ renewal, holdUntil: new Date("2026-04-30T22:00Z") })[1]).toBe("payBy 2026-04-29T22:00");
  });

  it("goes by the invoice's own due date once it is issued", () => {
    const dueOn = day("2026-03-29");
    expect(told({ renewal: { state: "invoiced", dueOn } })).toEqual([
      "due 2026-03-28T23:00",
      "payBy 2026-04-01T22:00",
      "suspend 2026-04-03T08:00",
      "terminate 2026-04-17T08:00",
    ]);
  });

  it("is an invoice at once where it should have been issued already, due three days later", () => {
    const late = new Date("2026-03-26T15:00:00Z");
    expect(told({}, late).slice(0, 2)).toEqual(["issue 2026-03-26T15:00", "due 2026-03-28T23:00"]);
  });

  it("is a suspension without grace where its renewal was declined", () => {
    expect(told({ renewal: { state: "declined", dueOn: null } })[0]).toBe("suspend 2026-03-27T15:00");
  });

  it("is its end where the customer wants it to end with its term", () => {
    expect(told({ isEnding: true })).toEqual(["end 2026-03-27T15:00"]);
  });

  it("is its termination while it is suspended", () => {
    const suspendedAt = new Date("2026-03-31T15:00:00Z");
    const renewal = { state: "invoiced", dueOn: day("2026-03-27") } as const;
    // Ten o'clock of the day after so many days of suspension; later only where it was suspended late.
    expect(told({ state: "suspended", suspendedAt, renewal })).toEqual(["terminate 2026-04-15T08:00"]);
    const late = new Date("2026-04-03T15:00:00Z");
    expect(told({ state: "suspended", suspendedAt: late, renewal })).toEqual(["terminate 2026-04-17T15:00"]);
  });

  it("is its end as an order where nobody pays it", () => {
    const order = {
      state: "pending",
      expiresAt: null,
      orderDueOn: day("2026-03-20"),
    } as const;
    expect(told(order)).toEqual(["due 2026-03-19T23:00", "void 2026-04-03T22:00"]);
    expect(told(order, new Date("2026-03-25T09:00:00Z"))).toEqual(["void 2026-04-03T22:00"]);
    expect(told({ ...order, state: "canceled" })).toEqual([]);
  });

  it.each(["pending", "terminated", "canceled"] as const)("is nothing while it is %s", (state) => {
    expect(told({ state })).toEqual([]);
  });

  it("comes in the order of time, whatever the plan", () => {
    const days = fc.integer({ min: 0, max: 60 });
    const plans = fc.record({ leadDays: days, graceDays: days, terminateDays: days });
    fc.assert(
      fc.property(
        plans,
        fc.date({ min: now, max: new Date("2028-01-01"), noInvalidDate: true }),
        (own, until) => {
          const times = nextSteps({ ...running, plan: own, expiresAt: until }, now, "Europe/Berlin").map(
            ({ at }) => +at,
          );
          expect(times).toEqual([...times].sort((a, b) => a - b));
          expect(times[0]).toBeGreaterThanOrEqual(+now);
        },
      ),
    );
  });
});
