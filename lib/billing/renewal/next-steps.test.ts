import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextSteps, type SteppingService } from "./next-steps";

const now = new Date("2026-03-10T09:00:00Z");
const expiresAt = new Date("2026-03-27T15:00:00Z");
const plan = { leadDays: 7, graceDays: 4, terminateDays: 14 };
const running: SteppingService = {
  state: "active",
  expiresAt,
  isEnding: false,
  plan,
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
    // Daylight saving begins on 29 March: the local time of day stays.
    expect(told({})).toEqual([
      "issue 2026-03-20T15:00",
      "due 2026-03-27T15:00",
      "suspend 2026-03-31T14:00",
      "terminate 2026-04-14T14:00",
    ]);
  });

  it("is suspended later by the days that the customer took, and not before staff's hold is over", () => {
    const renewal = { state: "invoiced", dueAt: expiresAt } as const;
    const suspension = (more: Partial<SteppingService>) => told({ renewal, ...more })[1];
    expect(suspension({})).toBe("suspend 2026-03-31T14:00");
    expect(suspension({ renewal: { ...renewal, ownGraceDays: 3 } })).toBe(
      "suspend 2026-04-03T14:00 put off by customer",
    );
    expect(suspension({ holdUntil: new Date("2026-03-29T00:00Z") })).toBe("suspend 2026-03-31T14:00");
    expect(suspension({ holdUntil: new Date("2026-05-01T00:00Z") })).toBe(
      "suspend 2026-05-01T00:00 put off by host",
    );
  });

  it("goes by the invoice's own due date once it is issued", () => {
    const dueAt = new Date("2026-03-29T15:00:00Z");
    expect(told({ renewal: { state: "invoiced", dueAt } })).toEqual([
      "due 2026-03-29T15:00",
      "suspend 2026-04-02T15:00",
      "terminate 2026-04-16T15:00",
    ]);
  });

  it("is an invoice at once where it should have been issued already, due three days later", () => {
    const late = new Date("2026-03-26T15:00:00Z");
    expect(told({}, late).slice(0, 2)).toEqual(["issue 2026-03-26T15:00", "due 2026-03-29T14:00"]);
  });

  it("is a suspension without grace where its renewal was declined", () => {
    expect(told({ renewal: { state: "declined", dueAt: null } })[0]).toBe("suspend 2026-03-27T15:00");
  });

  it("is its end where the customer wants it to end with its term", () => {
    expect(told({ isEnding: true })).toEqual(["end 2026-03-27T15:00"]);
  });

  it("is its termination while it is suspended", () => {
    const suspendedAt = new Date("2026-03-31T15:00:00Z");
    expect(told({ state: "suspended", suspendedAt })).toEqual(["terminate 2026-04-14T15:00"]);
  });

  it("is its end as an order where nobody pays it", () => {
    const order = {
      state: "pending",
      expiresAt: null,
      orderDueAt: new Date("2026-03-20T15:00:00Z"),
    } as const;
    expect(told(order)).toEqual(["due 2026-03-20T15:00", "void 2026-04-03T14:00"]);
    expect(told(order, new Date("2026-03-25T09:00:00Z"))).toEqual(["void 2026-04-03T14:00"]);
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
