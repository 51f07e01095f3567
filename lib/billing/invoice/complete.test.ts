import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anchorDayOf, calendarDay, type TermLength, termEnd } from "@/lib/kernel/calendar";
import type { InvoiceId, InvoiceLineId, PlanId, RenewalId, ServiceId } from "@/lib/kernel/id";
import type { LineRecord, ServiceRecord } from "../scene";
import type { ServiceState } from "../service/states";
import { completionOf } from "./complete";

const now = new Date("2026-01-31T10:00:00Z");
const allStates = ["pending", "active", "suspended", "terminated", "canceled"] as const;
const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"];
const someTerm: fc.Arbitrary<TermLength> = fc.record({
  unit: fc.constantFrom("day" as const, "month" as const, "year" as const),
  count: fc.integer({ min: 1, max: 5 }),
});
const someInstant = fc.date({
  min: new Date("2024-01-01T00:00:00Z"),
  max: new Date("2030-12-31T00:00:00Z"),
  noInvalidDate: true,
});

function service(state: ServiceState, change: Partial<ServiceRecord> = {}): ServiceRecord {
  const isRunning = state === "active" || state === "suspended";
  return {
    id: "service" as ServiceId,
    planId: "plan" as PlanId,
    label: "web-1",
    state,
    isAutoRenew: false,
    anchorDay: isRunning ? 31 : null,
    expiresAt: isRunning ? new Date("2026-02-28T10:00:00Z") : null,
    ...change,
  };
}

function line(kind: LineRecord["kind"], change: Partial<LineRecord> = {}): LineRecord {
  const isRenewal = kind === "renewal";
  return {
    id: "line" as InvoiceLineId,
    invoiceId: "invoice" as InvoiceId,
    kind,
    serviceId: "service" as ServiceId,
    renewalId: isRenewal ? ("renewal" as RenewalId) : null,
    renewalState: isRenewal ? "invoiced" : null,
    wasDeclined: false,
    termUnit: "month",
    termCount: 1,
    termStartsAt: isRenewal ? new Date("2026-02-28T10:00:00Z") : null,
    termEndsAt: isRenewal ? new Date("2026-03-31T10:00:00Z") : null,
    ...change,
  };
}

describe("a paid order line", () => {
  it.each(allStates)("of a %s service", (state) => {
    const completion = completionOf(line("order"), service(state), now, "UTC");
    if (state !== "pending" && state !== "terminated") return expect(completion).toBeNull();
    expect(completion).toEqual({
      service: {
        ...service(state),
        state: "active",
        anchorDay: 31,
        expiresAt: new Date("2026-02-28T10:00:00Z"),
      },
      startsAt: now,
      endsAt: new Date("2026-02-28T10:00:00Z"),
      followsAt: null,
    });
  });
});

describe("a paid renewal line", () => {
  it.each(allStates)("of a %s service", (state) => {
    const completion = completionOf(line("renewal"), service(state), now, "UTC");
    if (state !== "active" && state !== "suspended") return expect(completion).toBeNull();
    expect(completion).toEqual({
      service: { ...service(state), state: "active", expiresAt: new Date("2026-03-31T10:00:00Z") },
      startsAt: new Date("2026-02-28T10:00:00Z"),
      endsAt: new Date("2026-03-31T10:00:00Z"),
      followsAt: new Date("2026-02-28T10:00:00Z"),
    });
  });

  it.each(["pending", "terminated", "canceled"] as const)("of a %s service that had this expiry", (state) => {
    const ended = service(state, { anchorDay: 31, expiresAt: new Date("2026-02-28T10:00:00Z") });
    expect(completionOf(line("renewal"), ended, now, "UTC")).toBeNull();
  });

  it("that would leave a gap or overlap is not completed, by however little", () => {
    fc.assert(
      fc.property(fc.integer({ min: -40 * 86_400_000, max: 40 * 86_400_000 }), (byMs) => {
        fc.pre(byMs !== 0);
        const expiresAt = new Date(now.getTime() + byMs);
        const renewal = line("renewal", { termStartsAt: now });
        expect(completionOf(renewal, service("active", { expiresAt }), now, "UTC")).toBeNull();
      }),
    );
  });

  it("takes its term as it is printed, whenever it is paid", () => {
    fc.assert(
      fc.property(someInstant, (paidAt) => {
        const completion = completionOf(line("renewal"), service("suspended"), paidAt, "Asia/Shanghai");
        expect(completion?.endsAt).toEqual(new Date("2026-03-31T10:00:00Z"));
      }),
    );
  });
});

describe("the terms of a service that is ordered and renewed", () => {
  it("are a chain without gap or overlap, and keep the day of the month", () => {
    fc.assert(
      fc.property(
        someInstant,
        fc.constantFrom(...zones),
        someTerm,
        fc.integer({ min: 1, max: 14 }),
        (orderedAt, zone, term, renewals) => {
          const unit = { termUnit: term.unit, termCount: term.count };
          let last = completionOf(line("order", unit), service("pending"), orderedAt, zone);
          const anchorDay = anchorDayOf(orderedAt, zone);
          for (let renewal = 0; last && renewal < renewals; renewal += 1) {
            const { endsAt, service: running } = last;
            expect(running).toMatchObject({ state: "active", anchorDay, expiresAt: endsAt });
            // As issueRenewal prints it.
            const termEndsAt = termEnd(endsAt, term, anchorDay, zone);
            const next = line("renewal", { ...unit, termStartsAt: endsAt, termEndsAt });
            last = completionOf(next, running, orderedAt, zone);
            expect(last).toMatchObject({ startsAt: endsAt, followsAt: endsAt, endsAt: termEndsAt });
            expect(termEndsAt.getTime()).toBeGreaterThan(endsAt.getTime());
            if (term.unit !== "day")
              expect(dayIn(termEndsAt, zone)).toBe(expectedDay(termEndsAt, anchorDay, zone));
          }
          expect(last).not.toBeNull();
        },
      ),
    );
  });
});

function dayIn(instant: Date, zone: string): number {
  return Number(calendarDay(instant, zone).slice(8));
}

/** The anchor day, or the last day of a shorter month. */
function expectedDay(instant: Date, anchorDay: number, zone: string): number {
  const [year, month] = calendarDay(instant, zone).split("-").map(Number);
  return Math.min(anchorDay, new Date(Date.UTC(year as number, month as number, 0)).getUTCDate());
}
