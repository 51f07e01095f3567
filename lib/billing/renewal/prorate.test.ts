import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, type TermLength, termEnd } from "@/lib/kernel/calendar";
import type { InvoiceId, TermId } from "@/lib/kernel/id";
import { creditParts, netOf, type ProratedTerm, prorate } from "./prorate";

const zones = ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Shanghai"];
const price = fc.bigInt(0n, 10_000_000n);
const ratePpm = fc.integer({ min: 0, max: 300_000 });

/** A term, and an instant within it. */
const scene = fc
  .record({
    start: fc.integer({ min: 0, max: 3000 }),
    hour: fc.integer({ min: 0, max: 23 }),
    unit: fc.constantFrom<TermLength["unit"]>("day", "month", "year"),
    count: fc.integer({ min: 1, max: 12 }),
    part: fc.double({ min: 0, max: 0.999, noNaN: true }),
    timeZone: fc.constantFrom(...zones),
    oldNetMinor: price,
    newNetMinor: price,
  })
  .map(({ start, hour, unit, count, part, timeZone, ...prices }) => {
    const startsAt = new Date(Date.UTC(2024, 0, 1 + start, hour));
    const endsAt = termEnd(startsAt, { unit, count }, startsAt.getUTCDate(), timeZone);
    const now = new Date(startsAt.getTime() + Math.floor((endsAt.getTime() - startsAt.getTime()) * part));
    return { term: { termId: "t" as TermId, startsAt, endsAt, ...prices } as ProratedTerm, now, timeZone };
  });

/** A day before the start shows the whole term; it is what nobody has used yet. */
const whole = ({ term, timeZone }: { term: ProratedTerm; timeZone: string }) =>
  prorate([term], "USD", addDays(term.startsAt, -1, timeZone), timeZone)[0];

describe("a change of plan within a paid term", () => {
  it("costs nothing there and back on the same day", () => {
    fc.assert(
      fc.property(scene, ({ term, now, timeZone }) => {
        const [there] = prorate([term], "USD", now, timeZone);
        const back = { ...term, oldNetMinor: term.newNetMinor, newNetMinor: term.oldNetMinor };
        const [again] = prorate([back], "USD", now, timeZone);
        if (!there || !again) throw new Error("the term is not over");
        expect(netOf(there) + netOf(again)).toBe(0n);
      }),
    );
  });

  it("gives back no more than was paid and charges no more than the new price; before its start, all of both", () => {
    fc.assert(
      fc.property(scene, (one) => {
        const [change] = prorate([one.term], "USD", one.now, one.timeZone);
        if (!change) throw new Error("the term is not over");
        expect(change.credited.minor >= 0n && change.credited.minor <= one.term.oldNetMinor).toBe(true);
        expect(change.charged.minor >= 0n && change.charged.minor <= one.term.newNetMinor).toBe(true);
        expect(change.remainingDays >= 0 && change.remainingDays <= change.termDays).toBe(true);
        expect(whole(one)).toMatchObject({
          credited: { minor: one.term.oldNetMinor },
          charged: { minor: one.term.newNetMinor },
        });
      }),
    );
  });

  it("loses nothing: each part is within half a minor unit of its exact share, and net and tax go the same way", () => {
    fc.assert(
      fc.property(scene, ({ term, now, timeZone }) => {
        const [change] = prorate([term], "USD", now, timeZone);
        if (!change) throw new Error("the term is not over");
        const [days, all] = [BigInt(change.remainingDays), BigInt(change.termDays)];
        for (const [part, of] of [
          [change.credited.minor, term.oldNetMinor],
          [change.charged.minor, term.newNetMinor],
        ] as const) {
          const off = part * all - of * days;
          expect((off < 0n ? -off : off) * 2n <= all).toBe(true);
        }
      }),
    );
  });

  it("is the sum of its terms: several paid ones cost what each costs alone", () => {
    fc.assert(
      fc.property(fc.array(scene, { minLength: 1, maxLength: 4 }), (many) => {
        const { now, timeZone } = many[0] as (typeof many)[number];
        const terms = many.map(({ term }) => term);
        const together = prorate(terms, "USD", now, timeZone).map(netOf);
        const alone = terms.flatMap((term) => prorate([term], "USD", now, timeZone).map(netOf));
        expect(together).toEqual(alone);
      }),
    );
  });

  it("counts whole days of the billing time zone, the day of the change as the first of the new plan", () => {
    const term: ProratedTerm = {
      termId: "t" as TermId,
      startsAt: new Date("2026-03-01T00:00:00+01:00"),
      endsAt: new Date("2026-04-01T00:00:00+02:00"),
      oldNetMinor: 3100n,
      newNetMinor: 6200n,
    };
    // Late in the evening of the 16th in Berlin, and the clocks change on the 29th: 16 of 31 days.
    const [change] = prorate([term], "EUR", new Date("2026-03-16T22:30:00Z"), "Europe/Berlin");
    expect(change).toMatchObject({
      ...{ remainingDays: 16, termDays: 31 },
      ...{ credited: { minor: 1600n }, charged: { minor: 3200n } },
    });
  });
});

describe("giving back from the invoices that paid", () => {
  const sources = fc.array(
    fc.record({ netMinor: fc.bigInt(0n, 100_000n), taxMinor: fc.bigInt(0n, 20_000n), ratePpm }),
    { maxLength: 5 },
  );

  it("adds up to what is given back, and takes from none more than it has", () => {
    fc.assert(
      fc.property(sources, fc.bigInt(0n, 200_000n), (list, net) => {
        const named = list.map((one, index) => ({ invoiceId: `${index}` as InvoiceId, ...one }));
        const parts = creditParts(net, named);
        if (!parts) return;
        expect(parts.reduce((total, part) => total + part.netMinor, 0n)).toBe(net);
        for (const part of parts) {
          const source = named.find(({ invoiceId }) => invoiceId === part.invoiceId);
          expect(source && part.netMinor <= source.netMinor && part.taxMinor <= source.taxMinor).toBe(true);
        }
      }),
    );
  });

  it("takes from the first what it has, and from the next the rest, each at the rate that it billed; says so when all do not reach", () => {
    const [first, second] = ["a", "b"] as InvoiceId[] as [InvoiceId, InvoiceId];
    const list = [
      { invoiceId: first, netMinor: 300n, taxMinor: 57n, ratePpm: 190_000 },
      { invoiceId: second, netMinor: 1000n, taxMinor: 200n, ratePpm: 200_000 },
    ];
    expect(creditParts(500n, list)).toEqual([
      { invoiceId: first, netMinor: 300n, taxMinor: 57n },
      { invoiceId: second, netMinor: 200n, taxMinor: 40n },
    ]);
    expect(creditParts(1400n, list)).toBeNull();
  });
});

it("a term that is over by the time of the change is left out", () => {
  fc.assert(
    fc.property(scene, ({ term, timeZone }) => {
      expect(prorate([term], "USD", term.endsAt, timeZone)).toEqual([]);
      expect(prorate([term], "USD", new Date(term.endsAt.getTime() - 1), timeZone)).toHaveLength(1);
    }),
  );
});
