import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { hasRisen, missingMinor, toldMinorAfter, type WaitingRenewals } from "./missing-for-renewals";

const amount = fc.bigInt({ min: 0n, max: 3_000n });

const anyWaiting: fc.Arbitrary<WaitingRenewals> = fc
  .record({
    renewals: fc.array(
      fc.record({ remainingMinor: fc.bigInt({ min: 1n, max: 3_000n }), isTold: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 5,
      },
    ),
    haveMinor: fc.bigInt({ min: -2_000n, max: 2_000n }),
    toldMinor: amount,
  })
  .map(({ renewals, ...others }) => ({
    customerId: "c" as CustomerId,
    currency: "USD",
    ...others,
    renewals: renewals.map((one, at) => ({
      ...one,
      id: `i${at}` as InvoiceId,
      dueOn: `2026-04-1${at}` as CalendarDay,
    })),
  }));

const namedOf = (waiting: WaitingRenewals, mask: number) =>
  new Set<string>(waiting.renewals.filter((_, at) => (mask >> at) % 2 === 1).map(({ id }) => id));

/** Once a mail has named them. */
function afterMail(waiting: WaitingRenewals, named: ReadonlySet<string>): WaitingRenewals {
  return {
    ...waiting,
    toldMinor: toldMinorAfter(waiting, named),
    renewals: waiting.renewals.map((one) => ({ ...one, isTold: one.isTold || named.has(one.id) })),
  };
}

describe("what is missing for renewals", () => {
  it("is what is open less what is there, never below nothing, and nothing where none is meant", () => {
    const renewals = [1_000n, 500n].map((remainingMinor, at) => ({
      id: `i${at}` as InvoiceId,
      dueOn: "2026-04-10" as CalendarDay,
      remainingMinor,
      isTold: true,
    }));
    expect(missingMinor({ renewals, haveMinor: 300n })).toBe(1_200n);
    expect(missingMinor({ renewals, haveMinor: -300n }, ({ id }) => id === "i1")).toBe(800n);
    expect(missingMinor({ renewals, haveMinor: 2_000n })).toBe(0n);
    expect(missingMinor({ renewals, haveMinor: -300n }, () => false)).toBe(0n);
  });
});

describe("after a mail", () => {
  it("that names all, nothing has risen, nor once money came", () => {
    fc.assert(
      fc.property(anyWaiting, amount, (waiting, came) => {
        const after = afterMail(waiting, namedOf(waiting, 31));
        expect(hasRisen({ ...after, haveMinor: after.haveMinor + came })).toBe(false);
      }),
    );
  });

  it("nothing has risen that had not before it, whichever it names", () => {
    fc.assert(
      fc.property(anyWaiting, fc.nat(31), (waiting, mask) => {
        fc.pre(missingMinor(waiting) === 0n || waiting.renewals.some(({ isTold }) => isTold));
        fc.pre(!hasRisen(waiting));
        expect(hasRisen(afterMail(waiting, namedOf(waiting, mask)))).toBe(false);
      }),
    );
  });

  it("that leaves some out, a rise is still to be told", () => {
    fc.assert(
      fc.property(anyWaiting, fc.nat(31), (waiting, mask) => {
        const named = namedOf(waiting, mask);
        fc.pre(hasRisen(waiting) && named.size < waiting.renewals.length);
        expect(hasRisen(afterMail(waiting, named))).toBe(true);
      }),
    );
  });

  it("what is issued anew is no rise: its own mail tells of it", () => {
    fc.assert(
      fc.property(anyWaiting, amount, (waiting, remainingMinor) => {
        fc.pre(!hasRisen(waiting));
        const issued = {
          id: "new" as InvoiceId,
          dueOn: "2026-04-20" as CalendarDay,
          remainingMinor,
          isTold: false,
        };
        expect(hasRisen({ ...waiting, renewals: [...waiting.renewals, issued] })).toBe(false);
      }),
    );
  });
});
