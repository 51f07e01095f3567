import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "@/lib/kernel/calendar";
import { type CustomerId, newId, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { flatTax } from "../invoice/tax-rule";
import { type ForecastEvent, type ForecastScene, forecastRenewals, missingMinor } from "./forecast";
import { renewalIssueAt } from "./renewal-days";

const now = new Date("2026-03-10T09:00:00Z");
const dayMs = 86_400_000;
const at = (days: number) => new Date(now.getTime() + days * dayMs);

interface Given {
  priceMinor: bigint;
  expiresInDays: number;
  leadDays?: number;
  term?: ForecastScene["services"][number]["plan"]["term"];
  isAutoRenew?: boolean;
}

function serviceOf(given: Given, label = "web-1"): ForecastScene["services"][number] {
  const { priceMinor, expiresInDays, leadDays = 7, term = { unit: "month", count: 1 } } = given;
  return {
    service: {
      id: newId<ServiceId>(),
      planId: newId<PlanId>(),
      label,
      state: "active",
      isAutoRenew: given.isAutoRenew ?? true,
      anchorDay: 15,
      expiresAt: at(expiresInDays),
    },
    plan: { name: "Server S", term, leadDays },
    prices: [{ validFrom: new Date(0), priceMinor }],
    closedTerms: [],
    isPassedBy: false,
  };
}

function sceneOf(availableMinor: bigint, given: readonly Given[], taxPpm = 0): ForecastScene {
  return {
    customerId: newId<CustomerId>(),
    now,
    timeZone: "Europe/Berlin",
    currency: "USD",
    availableMinor,
    services: given.map((one, index) => serviceOf(one, `web-${index + 1}`)),
    invoices: [],
    lines: [],
    tax: flatTax(taxPpm),
  };
}

const shapeOf = ({ at, dueOn, amountMinor, isCovered, shortMinor, availableAfterMinor }: ForecastEvent) => ({
  at: at.toISOString().slice(0, 10),
  dueOn,
  amountMinor,
  isCovered,
  shortMinor,
  availableAfterMinor,
});

describe("the forecast of renewals", () => {
  it("pays each term at its issue, a lead before its start, until the balance is short", () => {
    const { events, firstShort } = forecastRenewals(
      sceneOf(1500n, [{ priceMinor: 1000n, expiresInDays: 10 }]),
    );
    expect(events.map(shapeOf)).toEqual([
      {
        at: "2026-03-13",
        dueOn: "2026-03-20",
        amountMinor: 1000n,
        isCovered: true,
        shortMinor: 0n,
        availableAfterMinor: 500n,
      },
      {
        at: "2026-04-08",
        dueOn: "2026-04-15",
        amountMinor: 1000n,
        isCovered: false,
        shortMinor: 500n,
        availableAfterMinor: 500n,
      },
    ]);
    expect(firstShort).toBe(events[1]);
  });

  it("passes over what is not covered, and pays a later one that is", () => {
    const scene = sceneOf(400n, [
      { priceMinor: 1000n, expiresInDays: 8 },
      { priceMinor: 300n, expiresInDays: 9, term: { unit: "year", count: 1 } },
    ]);
    expect(forecastRenewals(scene).events.map((event) => [event.summary, event.isCovered])).toEqual([
      ["web-1", false],
      ["web-2", true],
    ]);
  });

  it("adds tax, each line rounded half-even", () => {
    const { events } = forecastRenewals(sceneOf(0n, [{ priceMinor: 1050n, expiresInDays: 8 }], 190_000));
    // 199.5 is rounded to the even neighbour.
    expect(events.map(({ amountMinor }) => amountMinor)).toEqual([1250n]);
  });

  it("takes the price that holds at the term's start", () => {
    const scene = sceneOf(10_000n, [{ priceMinor: 1000n, expiresInDays: 10 }]);
    const dearer = { validFrom: at(30), priceMinor: 1200n };
    const services = scene.services.map((one) => ({ ...one, prices: [...one.prices, dearer] }));
    const { events } = forecastRenewals({ ...scene, services });
    expect(events.map(({ amountMinor }) => amountMinor)).toEqual([1000n, 1200n, 1200n]);
  });

  it("leaves out what does not renew by itself, has no price, is passed by, or whose term is closed", () => {
    const [off, unpriced, passedBy, closed] = Array.from({ length: 4 }, () =>
      serviceOf({ priceMinor: 1000n, expiresInDays: 3 }),
    ) as [Service, Service, Service, Service];
    const services = [
      { ...off, service: { ...off.service, isAutoRenew: false } },
      { ...unpriced, prices: [] },
      { ...passedBy, isPassedBy: true },
      { ...closed, closedTerms: [closed.service.expiresAt] },
    ];
    expect(forecastRenewals({ ...sceneOf(5000n, []), services })).toMatchObject({
      events: [],
      firstShort: null,
    });
  });

  it("of a customer without services is empty", () => {
    expect(forecastRenewals(sceneOf(0n, []))).toMatchObject({ events: [], firstShort: null });
    expect(missingMinor(sceneOf(0n, []))).toBe(0n);
  });
});

type Service = ForecastScene["services"][number];

const given = fc.record({
  priceMinor: fc.bigInt({ min: 0n, max: 3000n }),
  expiresInDays: fc.integer({ min: -5, max: 60 }),
  leadDays: fc.integer({ min: 0, max: 7 }),
  term: fc.oneof(
    fc.record({ unit: fc.constant("day" as const), count: fc.integer({ min: 8, max: 40 }) }),
    fc.record({ unit: fc.constant("month" as const), count: fc.integer({ min: 1, max: 3 }) }),
  ),
  isAutoRenew: fc.boolean(),
});

const scene = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 12_000n }),
    fc.array(given, { maxLength: 6 }),
    fc.constantFrom(0, 190_000, 77_000),
  )
  .map(([availableMinor, services, taxPpm]) => sceneOf(availableMinor, services, taxPpm));

const coveredAtFirst = (events: readonly ForecastEvent[]) => {
  const index = events.findIndex(({ isCovered }) => !isCovered);
  return index < 0 ? events.length : index;
};

describe("every forecast", () => {
  it("spends what is available and never more", () => {
    fc.assert(
      fc.property(scene, (one) => {
        let left = one.availableMinor;
        for (const event of forecastRenewals(one).events) {
          if (event.isCovered) left -= event.amountMinor;
          expect(event.shortMinor > 0n).toBe(!event.isCovered);
          expect(event.availableAfterMinor).toBeGreaterThanOrEqual(0n);
        }
        expect(left).toBeGreaterThanOrEqual(0n);
      }),
    );
  });

  it("reaches as far or further with more on the balance", () => {
    fc.assert(
      fc.property(scene, fc.bigInt({ min: 0n, max: 5000n }), (one, more) => {
        const before = forecastRenewals(one).firstShort;
        const after = forecastRenewals({ ...one, availableMinor: one.availableMinor + more }).firstShort;
        if (!before) expect(after).toBeNull();
        else if (after) expect(after.at.getTime()).toBeGreaterThanOrEqual(before.at.getTime());
      }),
    );
  });

  it("reaches past what is short first, once just that is topped up", () => {
    fc.assert(
      fc.property(scene, (one) => {
        const { events, firstShort } = forecastRenewals(one);
        if (!firstShort) return;
        const availableMinor = one.availableMinor + firstShort.shortMinor;
        const mended = forecastRenewals({ ...one, availableMinor });
        expect(coveredAtFirst(mended.events)).toBeGreaterThan(coveredAtFirst(events));
      }),
    );
  });

  it("says to the smallest unit what is missing for all of its days", () => {
    fc.assert(
      fc.property(scene, (one) => {
        const missing = missingMinor(one);
        const { availableMinor } = one;
        const { firstShort } = forecastRenewals({ ...one, availableMinor: availableMinor + missing });
        expect(firstShort).toBeNull();
        if (missing === 0n) return;
        const less = forecastRenewals({ ...one, availableMinor: availableMinor + missing - 1n });
        expect(less.firstShort).not.toBeNull();
      }),
    );
  });

  it("bills each service's terms one after the other, none twice", () => {
    fc.assert(
      fc.property(scene, (one) => {
        const { events, until } = forecastRenewals(one);
        for (const { service } of one.services) {
          const own = events.filter(({ serviceIds }) => serviceIds.includes(service.id));
          const dues = own.map(({ dueOn }) => dueOn);
          expect(dues).toEqual([...new Set(dues)].sort());
          expect(own.slice(0, -1).every(({ isCovered }) => isCovered)).toBe(true);
          for (const event of own) expect(event.at <= until).toBe(true);
        }
      }),
    );
  });
});

describe("the day of a renewal's issue", () => {
  it("is the first instant at which the run finds it due, in every time zone and season", () => {
    const instants = fc.date({
      min: new Date("2026-01-01"),
      max: new Date("2027-12-31"),
      noInvalidDate: true,
    });
    const zones = fc.constantFrom(
      "UTC",
      "Europe/Berlin",
      "America/Sao_Paulo",
      "Asia/Shanghai",
      "Africa/Cairo",
    );
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 60 }), zones, (startsAt, leadDays, zone) => {
        const issueAt = renewalIssueAt(startsAt, leadDays, zone);
        const before = new Date(issueAt.getTime() - 1);
        expect(addDays(issueAt, leadDays, zone) >= startsAt).toBe(true);
        expect(addDays(before, leadDays, zone) >= startsAt).toBe(false);
      }),
    );
  });
});
