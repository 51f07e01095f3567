import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { topUpLeftMinor } from "./charge-left";

const some = fc.bigInt({ min: 0n, max: 1_000n });

describe("what of a charge counts as a top-up still", () => {
  it("is the charge less what was refunded, what is disputed and what is on invoices, and never below zero", () => {
    const charge = { amountMinor: 1000n, refundedMinor: 0n, disputedMinor: 0n, onInvoicesMinor: 0n };
    expect(topUpLeftMinor(charge)).toBe(1000n);
    fc.assert(
      fc.property(some, some, some, (refundedMinor, disputedMinor, onInvoicesMinor) => {
        const left = 1000n - refundedMinor - disputedMinor - onInvoicesMinor;
        const said = topUpLeftMinor({ ...charge, refundedMinor, disputedMinor, onInvoicesMinor });
        expect(said).toBe(left > 0n ? left : 0n);
      }),
    );
  });
});
