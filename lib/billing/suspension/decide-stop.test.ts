import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addCalendarDays, type CalendarDay, calendarDay } from "@/lib/kernel/calendar";
import {
  announcedFor,
  decideStop,
  type NextTermFacts,
  payBy,
  suspendsAt,
  suspensionPutOffBy,
  terminatesAt,
} from "./decide-stop";

const day = 86_400_000;
const expiry = new Date("2026-04-10T09:00:00Z");
const at = (days: number) => new Date(expiry.getTime() + days * day);
/** Ten o'clock, an hour after the mails, of the day so many days after the expiry. */
const ten = (days: number) => new Date(at(days).getTime() + 3_600_000);
const on = (days: number) => calendarDay(at(days), "UTC");

const unpaid: NextTermFacts = {
  state: "active",
  expiresAt: expiry,
  suspendedAt: null,
  holdUntil: null,
  isToEnd: false,
  renewal: { state: "invoiced", ownGraceDays: 0, deferredUntil: null },
  invoice: { state: "open", dueOn: on(0) },
  plan: { graceDays: 4, terminateDays: 14 },
  mailHour: 9,
  announcedAt: { suspension: at(2), termination: null },
  paying: "nothing",
};
const stop = (term: NextTermFacts, now: Date) => decideStop(term, now, "UTC");

describe("a service whose next term is not paid", () => {
  it("is suspended when its last day of grace is over, an hour after the next day's mails, and not a moment before", () => {
    expect(payBy(unpaid)).toBe(on(4));
    expect(stop(unpaid, new Date(ten(5).getTime() - 1))).toEqual({ act: "none" });
    expect(stop(unpaid, ten(5))).toEqual({ act: "suspend" });
    expect(suspendsAt({ ...unpaid, mailHour: 16 }, "UTC")).toEqual(new Date("2026-04-15T17:00:00Z"));
  });

  it("is never suspended before its paid term is over, however early its invoice was due", () => {
    const early: NextTermFacts = { ...unpaid, invoice: { state: "open", dueOn: on(-20) } };
    const told = { ...early, announcedAt: { suspension: at(-10), termination: null } };
    expect(stop(told, at(-0.01))).toEqual({ act: "none" });
    expect(stop(told, at(0))).toEqual({ act: "suspend" });
  });

  it("is never suspended while its invoice was not issued, or is paid, or void", () => {
    const renewals = [null, { ...unpaid.renewal, state: "due" }, { ...unpaid.renewal, state: "paid" }];
    for (const renewal of renewals)
      expect(stop({ ...unpaid, renewal } as NextTermFacts, at(90))).toEqual({ act: "none" });
    for (const state of ["paid", "void"] as const) {
      expect(stop({ ...unpaid, invoice: { state, dueOn: on(0) } }, at(90))).toEqual({ act: "none" });
    }
  });

  it("is suspended at its expiry without grace when its renewal was declined", () => {
    const declined: NextTermFacts = {
      ...unpaid,
      renewal: { state: "declined", ownGraceDays: 0, deferredUntil: null },
      announcedAt: { suspension: at(-1), termination: null },
    };
    expect(stop(declined, at(-0.01))).toEqual({ act: "none" });
    expect(stop(declined, at(0))).toEqual({ act: "suspend" });
  });

  it("waits until it was announced, a day ahead", () => {
    const silent = { ...unpaid, announcedAt: { suspension: null, termination: null } };
    expect(stop(silent, at(30))).toEqual({ act: "wait", for: "announcement" });
    const late = { ...unpaid, announcedAt: { suspension: at(6), termination: null } };
    expect(stop(late, at(6.9))).toEqual({ act: "wait", for: "announcement" });
    expect(stop(late, at(7))).toEqual({ act: "suspend" });
  });

  it("waits for a payment of which only Stripe knows, however long", () => {
    expect(stop({ ...unpaid, paying: "unsure" }, at(60))).toEqual({ act: "wait", for: "payment" });
  });

  it("is deferred by an open Checkout once, and no more", () => {
    const paying: NextTermFacts = { ...unpaid, paying: "page" };
    const deferred = stop(paying, ten(5));
    expect(deferred).toEqual({ act: "defer", until: new Date(ten(5).getTime() + 3_600_000) });
    const until = (deferredUntil: Date): NextTermFacts => ({
      ...paying,
      renewal: { state: "invoiced", ownGraceDays: 0, deferredUntil },
    });
    expect(stop(until(at(6)), at(5.5))).toEqual({ act: "wait", for: "checkout" });
    expect(stop(until(at(6)), at(6))).toEqual({ act: "suspend" });
  });

  it("is held off by staff, by days its customer took, and by neither for good", () => {
    const midnight = new Date("2026-04-30T00:00:00Z");
    expect(suspendsAt({ ...unpaid, holdUntil: midnight }, "UTC")).toEqual(ten(20));
    expect(suspensionPutOffBy({ ...unpaid, holdUntil: at(20) }, "UTC")).toBe("host");
    expect(suspensionPutOffBy({ ...unpaid, holdUntil: at(-20) }, "UTC")).toBeNull();
    const own: NextTermFacts = {
      ...unpaid,
      renewal: { state: "invoiced", ownGraceDays: 3, deferredUntil: null },
    };
    expect(suspendsAt(own, "UTC")).toEqual(ten(8));
    expect(payBy(own)).toBe(on(7));
  });

  it("is left alone where the customer wants it to end with its term", () => {
    expect(stop({ ...unpaid, isToEnd: true }, at(90))).toEqual({ act: "none" });
  });
});

describe("a suspended service", () => {
  const suspended: NextTermFacts = {
    ...unpaid,
    state: "suspended",
    suspendedAt: ten(5),
    announcedAt: { suspension: at(2), termination: at(15) },
  };

  it("is terminated 14 days later, once that was announced and nothing is under way", () => {
    expect(terminatesAt(suspended, "UTC")).toEqual(ten(19));
    expect(stop(suspended, at(18.9))).toEqual({ act: "none" });
    expect(stop(suspended, ten(19))).toEqual({ act: "terminate" });
    const silent = { ...suspended, announcedAt: { suspension: at(2), termination: null } };
    expect(stop(silent, at(40))).toEqual({ act: "wait", for: "announcement" });
    for (const paying of ["page", "unsure"] as const) {
      expect(stop({ ...suspended, paying }, ten(19))).toEqual({ act: "wait", for: "payment" });
    }
  });

  it("is not terminated within a day of its announcement", () => {
    const late = { ...suspended, announcedAt: { suspension: at(2), termination: at(20) } };
    expect(stop(late, at(20.9))).toEqual({ act: "wait", for: "announcement" });
    expect(stop(late, at(21))).toEqual({ act: "terminate" });
  });

  it("is suspended for as many full days as its plan says, however late it was suspended", () => {
    expect(terminatesAt({ ...suspended, suspendedAt: at(7.5) }, "UTC")).toEqual(at(21.5));
  });

  it("is not terminated before the days of what it was renewed by are over", () => {
    const renewedLate = { ...suspended, invoice: { state: "open" as const, dueOn: on(21) } };
    expect(terminatesAt(renewedLate, "UTC")).toEqual(ten(21 + 4 + 14 + 1));
  });
});

const instants = fc.integer({ min: -40, max: 120 }).map(at);
const terms: fc.Arbitrary<NextTermFacts> = fc
  .record({
    state: fc.constantFrom("active" as const, "suspended" as const),
    suspendedAt: instants,
    holdUntil: fc.option(instants),
    isToEnd: fc.boolean(),
    renewal: fc.option(
      fc.record({
        state: fc.constantFrom("due", "invoiced", "paid", "declined", "lapsed"),
        ownGraceDays: fc.integer({ min: 0, max: 10 }),
        deferredUntil: fc.option(instants),
      }),
    ),
    invoice: fc.option(
      fc.record({
        state: fc.constantFrom("open", "paid", "void", "written_off"),
        dueOn: instants.map((instant) => calendarDay(instant, "UTC")),
      }),
    ),
    mailHour: fc.integer({ min: 0, max: 22 }),
    plan: fc.record({
      graceDays: fc.integer({ min: 0, max: 30 }),
      terminateDays: fc.integer({ min: 0, max: 60 }),
    }),
    announcedAt: fc.record({ suspension: fc.option(instants), termination: fc.option(instants) }),
    paying: fc.constantFrom("nothing", "page", "unsure"),
  })
  .map((term) => ({
    ...(term as NextTermFacts),
    expiresAt: expiry,
    suspendedAt: term.state === "suspended" ? term.suspendedAt : null,
  }));

describe("whatever is known of a service", () => {
  it("is suspended only for a term that was billed and is past grace, or was declined and has begun", () => {
    fc.assert(
      fc.property(terms, instants, (term, now) => {
        if (stop(term, now).act !== "suspend") return;
        expect(term.state).toBe("active");
        expect(now.getTime()).toBeGreaterThanOrEqual(term.expiresAt.getTime());
        if (term.holdUntil) expect(now.getTime()).toBeGreaterThanOrEqual(term.holdUntil.getTime());
        expect(term.announcedAt.suspension).not.toBeNull();
        expect(term.paying).not.toBe("unsure");
        if (term.renewal?.state === "declined") return;
        expect(term.renewal?.state).toBe("invoiced");
        expect(["open", "written_off"]).toContain(term.invoice?.state);
        const graceDays = term.plan.graceDays + (term.renewal?.ownGraceDays ?? 0);
        const dueOn = term.invoice?.dueOn as CalendarDay;
        expect(calendarDay(now, "UTC") > addCalendarDays(dueOn, graceDays)).toBe(true);
      }),
    );
  });

  it("is terminated only from a suspension, so long after it, announced, with nothing under way", () => {
    fc.assert(
      fc.property(terms, instants, (term, now) => {
        if (stop(term, now).act !== "terminate") return;
        expect(term.state).toBe("suspended");
        const since = now.getTime() - (term.suspendedAt?.getTime() ?? Number.NaN);
        expect(since).toBeGreaterThanOrEqual(term.plan.terminateDays * day);
        expect(term.announcedAt.termination).not.toBeNull();
        expect(term.paying).toBe("nothing");
      }),
    );
  });

  it("is not stopped before the instant that its announcement names", () => {
    fc.assert(
      fc.property(terms, instants, instants, (term, toldAt, now) => {
        const told = { ...term, announcedAt: { suspension: toldAt, termination: toldAt } };
        const { act } = stop(told, now);
        if (act !== "suspend" && act !== "terminate") return;
        const planned = (act === "suspend" ? suspendsAt : terminatesAt)(term, "UTC");
        expect(planned).not.toBeNull();
        const named = announcedFor(planned as Date, term, toldAt);
        expect(named.getTime()).toBeGreaterThanOrEqual(toldAt.getTime());
        expect(now.getTime()).toBeGreaterThanOrEqual(named.getTime());
      }),
    );
  });

  it("never waits longer because more was announced, and never goes back when time goes on", () => {
    fc.assert(
      fc.property(terms, instants, fc.integer({ min: 0, max: 30 }), (term, now, days) => {
        const later = new Date(now.getTime() + days * day);
        const first = stop(term, now).act;
        if (first === "suspend" || first === "terminate") expect(stop(term, later).act).toBe(first);
      }),
    );
  });
});
