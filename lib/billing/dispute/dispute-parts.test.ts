import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { customerPartMinor, topUpPartMinor } from "./dispute-parts";

const some = fc.bigInt({ min: 0n, max: 2_000n });
const atLeastNothing = (minor: bigint) => (minor > 0n ? minor : 0n);

/** A charge, and what a dispute of it took: no more than of the charge is not lost yet, or more, where the bank erred. */
const taken = fc.record({
  charge: fc.record({
    amountMinor: some,
    refundedMinor: some,
    onInvoicesMinor: some,
    disputedMinor: some,
    lostMinor: some,
    hostLossMinor: some,
  }),
  outMinor: some,
});

describe("a lost dispute", () => {
  it("counts as a top-up as far as the charge is neither on invoices nor refunded nor lost already", () => {
    fc.assert(
      fc.property(taken, ({ charge, outMinor }) => {
        const { amountMinor, refundedMinor, onInvoicesMinor, lostMinor } = charge;
        const leftMinor = atLeastNothing(amountMinor - refundedMinor - onInvoicesMinor - lostMinor);
        expect(topUpPartMinor(charge, outMinor)).toBe(outMinor < leftMinor ? outMinor : leftMinor);
      }),
    );
  });

  it("is borne by the customer and the host, whole; by the host only for what is on invoices or refunded", () => {
    fc.assert(
      fc.property(taken, ({ charge, outMinor }) => {
        const hostMinor = outMinor - customerPartMinor(charge, outMinor);
        const hostMostMinor = atLeastNothing(
          charge.onInvoicesMinor + charge.refundedMinor - charge.hostLossMinor,
        );
        expect(hostMinor >= 0n && hostMinor <= hostMostMinor).toBe(true);
        // The host bears all that it may, and only the top-up is the customer's, up to there.
        const topUpMinor = topUpPartMinor(charge, outMinor);
        if (hostMinor < hostMostMinor) expect(outMinor - hostMinor).toBe(topUpMinor);
        else expect(outMinor - hostMinor >= topUpMinor).toBe(true);
      }),
    );
  });
});
