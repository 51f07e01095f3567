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
/** All of it went out in some steps, and the rest are a tenth of it at most. */
function isAdjusted(steps: readonly bigint[], amountMinor: bigint): boolean {
  const at = steps.findIndex((_, last) => sumOf(steps.slice(0, last + 1)) === amountMinor);
  return at !== -1 && steps.slice(at + 1).every((step) => step * 10n <= amountMinor);
}

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
        if (off === 0n || isAdjusted(steps, amountMinor)) {
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

  it("is nothing of the charge where it is little, and comes after all of it went out", () => {
    const heard = (moves: readonly bigint[], currency: string, status = "lost") => {
      const verdict = judgeDispute(said(5_000n, moves, currency, status), false);
      return verdict.kind === "said"
        ? [verdict.said.end, ...verdict.said.movements.map(({ amountMinor }) => amountMinor)]
        : verdict.reason;
    };
    expect(heard([-4_600n, 50n], "EUR")).toEqual(["lost", -5_000n, 0n]);
    expect(heard([-4_600n, -460n], "EUR")).toEqual(["lost", -5_000n, 0n]);
    expect(heard([-4_600n, -461n], "EUR")).toBe("movement_differs");
    expect(heard([-4_600n, 461n], "EUR")).toBe("movement_differs");
    expect(heard([50n, -4_600n], "EUR")).toBe("movement_differs");
    expect(heard([-4_600n, 50n, 4_550n], "EUR", "won")).toEqual(["won", -5_000n, 0n, 5_000n]);
    expect(heard([-5_000n, -13n], "USD")).toEqual(["lost", -5_000n, 0n]);
    expect(heard([-5_000n, -501n], "USD")).toBe("movement_differs");
    // In one currency what comes back is the charge's, but for what was taken beyond it.
    expect(heard([-5_000n, 13n], "USD")).toEqual(["lost", -5_000n, 13n]);
    expect(heard([-5_000n, -13n, 13n, 13n], "USD")).toEqual(["lost", -5_000n, 0n, 0n, 13n]);
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
