import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "@/lib/kernel/clock";
import type { InvoiceId, PlanId, ServiceId, TermId } from "@/lib/kernel/id";
import { priceInvoice } from "../invoice/draft";
import { ownRates, type TaxPoint, type TaxRule } from "../invoice/tax-rule";
import { decidePlanChange } from "./decide-plan-change";
import type { PlanChangeScene } from "./plan-change-scene";

const day = (text: string) => new Date(`${text}T00:00:00Z`);
const taxOf = (netMinor: bigint, ratePpm: number) =>
  (netMinor * BigInt(ratePpm) * 2n + 1_000_000n) / 2_000_000n;

interface Wish {
  oldNetMinor: bigint;
  newNetMinor: bigint;
  /** At which the term was billed, and what holds from `newFrom` on. */
  oldPpm: number;
  newPpm: number;
  newFrom: Date;
  now: Date;
  point: TaxPoint;
}

/** A term of April that is paid, of a service whose plan changes. */
function sceneOf({ oldNetMinor, newNetMinor, oldPpm, newPpm, newFrom, point }: Wish): PlanChangeScene {
  const offer = { term: { unit: "month" as const, count: 1 }, isOffered: true, family: null };
  const billed = { netMinor: oldNetMinor, taxMinor: taxOf(oldNetMinor, oldPpm) };
  const taxRule: TaxRule = {
    point,
    rates: [
      { validFrom: day("2020-01-01"), ratePpm: oldPpm },
      { validFrom: newFrom, ratePpm: newPpm },
    ],
  };
  return {
    service: {
      ...{ id: "s" as ServiceId, planId: "a" as PlanId, label: "shop", state: "active", isAutoRenew: true },
      ...{ anchorDay: 1, expiresAt: day("2026-05-01"), currency: "EUR", nextPlanId: null, nextPlanAt: null },
      isEnding: false,
    },
    from: { ...offer, id: "a" as PlanId, name: "A" },
    to: { ...offer, id: "b" as PlanId, name: "B" },
    terms: [
      {
        ...{ termId: "t" as TermId, startsAt: day("2026-04-01"), endsAt: day("2026-05-01") },
        ...{ oldNetMinor, newNetMinor },
        sources: [{ invoiceId: "i" as InvoiceId, ratePpm: oldPpm, ...billed, left: billed }],
      },
    ],
    open: [],
    priceMinor: newNetMinor,
    disputed: [],
    taxRule,
  };
}

function decided(wish: Wish) {
  const answer = decidePlanChange(sceneOf(wish), "at_once", wish.now, "UTC");
  if (!answer.ok) throw new Error(answer.refusal.code);
  const { invoice, credits, changes, chargedMinor, creditedMinor } = answer.decided;
  const priced = invoice && priceInvoice(invoice, ownRates, { clock: manualClock(wish.now), now: wish.now });
  return { priced, credits, change: changes[0], chargedMinor, creditedMinor };
}

const ppm = fc.constantFrom(0, 70_000, 190_000, 200_000, 255_000);
const april = fc
  .integer({ min: 0, max: 29 })
  .map((days) => new Date(day("2026-04-01").getTime() + days * 86_400_000));
const wishes = fc.record<Wish>({
  oldNetMinor: fc.bigInt(0n, 1_000_000n),
  newNetMinor: fc.bigInt(0n, 1_000_000n),
  oldPpm: ppm,
  newPpm: ppm,
  newFrom: april,
  now: april,
  point: fc.constantFrom("term_start", "term_end", "invoice"),
});

/** The rate of what is left of the term, by the country's rule. */
function rateOf({ point, oldPpm, newPpm, newFrom, now }: Wish): number {
  const at = point === "term_end" ? new Date(day("2026-05-01").getTime() - 1) : now;
  return newFrom <= at ? newPpm : oldPpm;
}

describe("the tax of a change of plan", () => {
  it("is what was billed on what is given back, and that of its own period on what is charged", () => {
    fc.assert(
      fc.property(wishes, (wish) => {
        const { priced, credits, change } = decided(wish);
        const rate = rateOf(wish);
        for (const line of priced?.lines ?? []) expect(line.taxRatePpm).toBe(rate);
        const net = credits.reduce((sum, part) => sum + part.netMinor, 0n);
        const tax = credits.reduce((sum, part) => sum + part.taxMinor, 0n);
        const before = taxOf(wish.oldNetMinor, wish.oldPpm);
        expect(tax).toBe(before - taxOf(wish.oldNetMinor - net, wish.oldPpm));
        // Whatever the rates are, the net of both is the difference of the two prices.
        const differsBy = (change?.charged.minor ?? 0n) - (change?.credited.minor ?? 0n);
        expect((priced?.net.minor ?? 0n) - net).toBe(differsBy);
        expect(priced === null || priced.total.minor >= 0n).toBe(true);
      }),
    );
  });

  it("takes the difference of the two on one paper where the rate is the same", () => {
    fc.assert(
      fc.property(wishes, (given) => {
        const wish = { ...given, newPpm: given.oldPpm };
        const { priced, credits, chargedMinor, creditedMinor } = decided(wish);
        expect(priced === null || credits.length === 0).toBe(true);
        expect(chargedMinor === 0n || creditedMinor === 0n).toBe(true);
      }),
    );
  });

  it("to a dearer plan after the rate rose gives back 15 days at 19 % and bills them at 20 %", () => {
    const wish: Wish = {
      ...{ oldNetMinor: 1000n, newNetMinor: 2000n, oldPpm: 190_000, newPpm: 200_000, point: "term_start" },
      ...{ newFrom: day("2026-04-10"), now: day("2026-04-16") },
    };
    expect(decided(wish)).toMatchObject({
      credits: [{ invoiceId: "i", netMinor: 500n, taxMinor: 95n }],
      ...{ chargedMinor: 1200n, creditedMinor: 595n },
    });
    // A cheaper one too: what is left is billed at the new rate.
    expect(decided({ ...wish, newNetMinor: 500n })).toMatchObject({
      ...{ chargedMinor: 300n, creditedMinor: 595n },
    });
  });
});
