import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dispute } from "@/lib/gateway/port";
import { judgeDispute, outOf } from "./judge-dispute";

function said(
  amountMinor: bigint,
  moves: readonly bigint[],
  settledIn = "USD",
  status = "needs_response",
): Dispute {
  const movements = moves.map((settledMinor, at) => ({
    balanceTransactionId: `txn_${at}`,
    settledMinor,
    feeMinor: 0n,
    currency: settledIn,
  }));
  const of = { id: "du_1", stripeChargeId: "ch_1", amountMinor, currency: "USD", movements };
  return { ...of, status, isLive: false, reason: "fraudulent", evidenceDueAt: null };
}

const minor = fc.bigInt({ min: 1n, max: 1_000n });

/** An amount in several steps. */
const inSteps = fc.array(minor, { minLength: 1, maxLength: 4 });
const sumOf = (parts: readonly bigint[]) => parts.reduce((total, part) => total + part, 0n);

describe("what moved for a dispute", () => {
  it("is what it is about, in however many steps, and anything else asks staff with both amounts", () => {
    fc.assert(
      fc.property(inSteps, fc.bigInt({ min: -50n, max: 50n }), (steps, off) => {
        const movedMinor = sumOf(steps);
        const amountMinor = movedMinor + off;
        if (amountMinor <= 0n) return;
        const verdict = judgeDispute(
          said(
            amountMinor,
            steps.map((step) => -step),
          ),
          false,
        );
        if (off === 0n) {
          expect(verdict).toMatchObject({ kind: "said", said: { end: null } });
          return;
        }
        const detail = { amountMinor: amountMinor.toString(), currency: "USD", movedCurrency: "USD" };
        expect(verdict).toMatchObject({ kind: "quarantined", reason: "movement_differs", detail });
      }),
    );
  });

  it("comes back in whole or in part, and never more than went out", () => {
    fc.assert(
      fc.property(minor, inSteps, (amountMinor, back) => {
        const verdict = judgeDispute(said(amountMinor, [-amountMinor, ...back], "USD", "won"), false);
        const rest = amountMinor - sumOf(back);
        if (rest < 0n) {
          expect(verdict).toMatchObject({ kind: "quarantined", reason: "movement_differs" });
          return;
        }
        const end = rest === 0n ? "won" : null;
        expect(verdict).toMatchObject({ kind: "said", said: { end, isWonInPart: rest > 0n } });
        expect(verdict.kind === "said" && outOf(verdict.said.movements)).toBe(rest);
      }),
    );
  });

  it("in another currency is all of it, out and about as much back; a part of it cannot be told", () => {
    const out = judgeDispute(said(5_000n, [-4_600n], "EUR", "lost"), false);
    expect(out).toMatchObject({ kind: "said", said: { end: "lost" } });
    expect(out.kind === "said" && outOf(out.said.movements)).toBe(5_000n);
    const back = judgeDispute(said(5_000n, [-4_600n, 4_650n], "EUR", "won"), false);
    expect(back).toMatchObject({ kind: "said", said: { end: "won" } });
    for (const moves of [[-4_600n, 2_000n], [-2_000n, -2_600n], [4_600n]]) {
      expect(judgeDispute(said(5_000n, moves, "EUR"), false)).toMatchObject({ reason: "movement_differs" });
    }
  });

  it("is not there while Stripe has not written it: nothing has ended", () => {
    for (const status of ["won", "lost"]) {
      const end = status === "won" ? "won" : null;
      expect(judgeDispute(said(5_000n, [], "USD", status), false)).toMatchObject({
        said: { end, movements: [] },
      });
    }
    expect(judgeDispute(said(5_000n, [-5_000n], "USD", "won"), false)).toMatchObject({ said: { end: null } });
  });
});

describe("a dispute's word", () => {
  it("of the other mode, or one that we do not know, is quarantined", () => {
    expect(judgeDispute(said(100n, []), true)).toEqual({ kind: "quarantined", reason: "mode_differs" });
    const unknown = judgeDispute(said(100n, [], "USD", "arbitration"), false);
    expect(unknown).toEqual({ kind: "quarantined", reason: "dispute_status_arbitration" });
  });

  it("is an inquiry only until money moved, and won in part only when some of it has come back", () => {
    const heard = (status: string, moves: readonly bigint[]) => {
      const verdict = judgeDispute(said(100n, moves, "USD", status), false);
      return verdict.kind === "said" ? verdict.said : verdict;
    };
    expect(heard("warning_needs_response", [])).toMatchObject({ isInquiry: true });
    expect(heard("warning_needs_response", [-100n])).toMatchObject({ isInquiry: false });
    expect(heard("won", [-100n])).toMatchObject({ isWonInPart: false, end: null });
    expect(heard("won", [-100n, 40n])).toMatchObject({ isWonInPart: true, end: null });
    expect(heard("won", [-100n, 100n])).toMatchObject({ isWonInPart: false, end: "won" });
  });
});
