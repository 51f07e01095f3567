import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BalanceMovement } from "@/lib/gateway/port";
import type { ChargeId, CustomerId, DisputeId, PaymentId, TransferId } from "@/lib/kernel/id";
import { decisionOver } from "@/lib/testing/records";
import { type ChargeRecord, topUpLeftMinor } from "../payment/charge-left";
import { type DisputeScene, decideDispute } from "./decide-dispute";
import type { DisputeSaid } from "./judge-dispute";

/** A dispute and what its transfers did, as it stands between two decisions. Minor units. */
interface Standing {
  scene: DisputeScene;
  postedMinor: bigint;
  heldMinor: bigint;
  net: Record<string, bigint>;
}

interface Given {
  charge: Omit<ChargeRecord, "id" | "paymentId" | "stripeChargeId" | "currency">;
  amountMinor: bigint;
  postedMinor: bigint;
}

function begun({ charge, amountMinor, postedMinor }: Given): Standing {
  return {
    postedMinor,
    heldMinor: 0n,
    net: {},
    scene: {
      holds: [],
      lost: { customerMinor: 0n, hostMinor: 0n },
      charge: {
        id: "charge" as ChargeId,
        paymentId: "payment" as PaymentId,
        stripeChargeId: "ch_1",
        currency: "USD",
        ...charge,
      },
      dispute: {
        id: "dispute" as DisputeId,
        customerId: "customer" as CustomerId,
        state: "open",
        isInquiry: false,
        currency: "USD",
        amountMinor,
        withdrawnAt: null,
        reinstatedAt: null,
        feeMinor: null,
        feeCurrency: null,
      },
    },
  };
}

function applied(before: Standing, said: DisputeSaid): { after: Standing; changed: boolean } {
  const decision = decisionOver({ postedMinor: before.postedMinor, heldMinor: before.heldMinor });
  const changed = decideDispute(decision, before.scene, said);
  decision.takeFreed();
  const { books, changes } = decision.result();
  const net = { ...before.net };
  let { holds, dispute } = before.scene;
  let { postedMinor, heldMinor } = before;
  for (const { balance, transfers } of books) {
    ({ postedMinor, heldMinor } = balance);
    for (const row of transfers) {
      if (row.kind === "pending")
        holds = [...holds, { id: row.id as TransferId, disputeId: dispute.id, amountMinor: row.amountMinor }];
      if (row.pendingId) holds = holds.filter(({ id }) => id !== row.pendingId);
      if (row.kind !== "posted" && row.kind !== "post") continue;
      net[row.debit] = (net[row.debit] ?? 0n) + row.amountMinor;
      net[row.credit] = (net[row.credit] ?? 0n) - row.amountMinor;
    }
  }
  for (const state of changes.disputeStates) {
    dispute = {
      ...dispute,
      state: state.state as typeof dispute.state,
      isInquiry: state.is_inquiry,
      withdrawnAt: state.withdrawn_at,
      reinstatedAt: state.reinstated_at,
    };
  }
  const lost = {
    customerMinor: (net.customer_balance ?? 0n) + (net.customer_debt ?? 0n),
    hostMinor: net.dispute_loss ?? 0n,
  };
  return {
    after: { scene: { ...before.scene, holds, dispute, lost }, postedMinor, heldMinor, net },
    changed,
  };
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** Of what was refunded or is on invoices the host bears as much as what was lost of the charge before reaches into it. */
const given = fc
  .record({
    refundedMinor: fc.bigInt({ min: 0n, max: 400n }),
    onInvoicesMinor: fc.bigInt({ min: 0n, max: 1_000n }),
    leftMinor: fc.bigInt({ min: 1n, max: 1_000n }),
    lostMinor: fc.bigInt({ min: 0n, max: 1_000n }),
  })
  .map(({ leftMinor, ...parts }) => {
    const amountMinor = parts.refundedMinor + parts.onInvoicesMinor + leftMinor;
    const lostMinor = least(parts.lostMinor, amountMinor);
    const overlap = lostMinor - leftMinor;
    const hostLossMinor = overlap > 0n ? overlap : 0n;
    return { ...parts, lostMinor, amountMinor, disputedMinor: lostMinor, hostLossMinor };
  })
  .chain((charge) =>
    fc.record({
      charge: fc.constant(charge),
      // Now and then more than the charge: a bank counts in another currency.
      amountMinor: fc.bigInt({ min: 1n, max: (charge.amountMinor * 3n) / 2n }),
      postedMinor: fc.bigInt({ min: 0n, max: 1_500n }),
    }),
  );

const moved = (settledMinor: bigint, feeMinor: bigint): BalanceMovement => ({
  balanceTransactionId: settledMinor < 0n ? "txn_out" : "txn_back",
  settledMinor,
  feeMinor,
  currency: "USD",
});

/** A dispute at Stripe from its inquiry to its end, as each look would find it. */
function courseOf(amountMinor: bigint, end: "won" | "lost"): DisputeSaid[] {
  const withdrawal = moved(-amountMinor, 15n);
  const out = { isInquiry: false, withdrawal, reinstatement: null };
  return [
    { isInquiry: true, withdrawal: null, reinstatement: null, end: null },
    { isInquiry: false, withdrawal: null, reinstatement: null, end: null },
    { ...out, end: null },
    end === "lost" ? { ...out, end } : { ...out, reinstatement: moved(amountMinor, 0n), end },
  ];
}

/** Looks at it in any order, some often, some never; the poller's last look finds the end. */
const looks = fc.array(fc.nat({ max: 2 }), { maxLength: 6 });
const ends = fc.constantFrom("won" as const, "lost" as const);

describe("a dispute", () => {
  it("that is lost is paid from what was held or available, by debt and by loss: they add up to it", () => {
    fc.assert(
      fc.property(given, looks, (facts, seen) => {
        const { net, scene, postedMinor, heldMinor } = lastOf(facts, "lost", seen);
        const fromBalance = net.customer_balance ?? 0n;
        const debt = net.customer_debt ?? 0n;
        const loss = net.dispute_loss ?? 0n;
        const topUp = least(facts.amountMinor, topUpLeftMinor(facts.charge));
        expect(fromBalance + debt + loss).toBe(facts.amountMinor);
        expect(fromBalance + debt).toBeGreaterThanOrEqual(topUp);
        expect(fromBalance).toBeGreaterThanOrEqual(least(topUp, facts.postedMinor));
        const { onInvoicesMinor, refundedMinor, hostLossMinor, lostMinor } = facts.charge;
        expect(loss).toBeGreaterThanOrEqual(0n);
        expect(loss + hostLossMinor).toBeLessThanOrEqual(onInvoicesMinor + refundedMinor);
        // No more than the charge was lost: then the customer bears what counts as a top-up, and nothing else.
        if (lostMinor + facts.amountMinor <= facts.charge.amountMinor) expect(fromBalance + debt).toBe(topUp);
        expect(net.disputed ?? 0n).toBe(0n);
        expect([scene.holds, heldMinor, postedMinor]).toEqual([[], 0n, facts.postedMinor - fromBalance]);
      }),
    );
  });

  it("that is won leaves nothing but its fee", () => {
    fc.assert(
      fc.property(given, looks, (facts, seen) => {
        const { net, scene, postedMinor, heldMinor } = lastOf(facts, "won", seen);
        expect([scene.holds, heldMinor, postedMinor]).toEqual([[], 0n, facts.postedMinor]);
        const { processing_fees: fees = 0n, gateway_clearing: clearing = 0n, ...others } = net;
        expect(fees).toBe(15n);
        expect(clearing).toBe(-fees);
        expect(Object.values(others).every((minor) => minor === 0n)).toBe(true);
      }),
    );
  });

  it("that is lost and then won on appeal is reversed: nobody has lost anything but Stripe's fee, once", () => {
    fc.assert(
      fc.property(given, looks, fc.bigInt({ min: 0n, max: 500n }), (facts, seen, arrivedMinor) => {
        const lost = lastOf(facts, "lost", seen);
        const won = courseOf(facts.amountMinor, "won")[3] as DisputeSaid;
        const since = { ...lost, postedMinor: lost.postedMinor + arrivedMinor };
        expect(applied(since, { ...won, end: null, reinstatement: null }).changed).toBe(false);
        const { after, changed } = applied(since, won);
        expect([changed, after.scene.dispute.state]).toEqual([true, "won"]);
        const { processing_fees: fees = 0n, gateway_clearing: clearing = 0n, ...others } = after.net;
        expect([fees, clearing]).toEqual([15n, -15n]);
        // What is owed of it is paid from the balance that it came back to.
        const { customer_balance: balance = 0n, customer_debt: debt = 0n, ...rest } = others;
        expect([debt >= 0n, balance + debt]).toEqual([true, 0n]);
        expect(Object.values(rest).every((minor) => minor === 0n)).toBe(true);
        expect(after.postedMinor - debt).toBe(facts.postedMinor + arrivedMinor);
        expect(applied(after, won).changed).toBe(false);
        expect(applied(after, courseOf(facts.amountMinor, "lost")[3] as DisputeSaid).changed).toBe(false);
      }),
    );
  });

  it("heard of again, or of an earlier look, changes nothing, and over it never changes", () => {
    fc.assert(
      fc.property(given, ends, fc.nat({ max: 3 }), fc.nat({ max: 3 }), (facts, end, last, other) => {
        const course = courseOf(facts.amountMinor, end);
        const earlier = Math.min(last, other);
        const said = (at: number) => course[at] as DisputeSaid;
        const { after } = applied(begun(facts), said(last));
        expect(applied(after, said(last)).changed).toBe(false);
        // An inquiry and a dispute that has not moved money yet differ in nothing but their name.
        if (last >= 2) expect(applied(after, said(earlier)).changed).toBe(false);
      }),
    );
  });

  it("never holds more than there is, nor more than the part that is not on invoices", () => {
    fc.assert(
      fc.property(given, looks, ends, (facts, seen, end) => {
        const course = courseOf(facts.amountMinor, end);
        let standing = begun(facts);
        for (const at of seen) {
          standing = applied(standing, course[at] as DisputeSaid).after;
          const mostMinor = least(facts.postedMinor, topUpLeftMinor(facts.charge));
          expect(standing.heldMinor).toBeLessThanOrEqual(least(mostMinor, facts.amountMinor));
          expect(standing.postedMinor).toBe(facts.postedMinor);
        }
      }),
    );
  });
});

function lastOf(facts: Given, end: "won" | "lost", seen: readonly number[]): Standing {
  const course = courseOf(facts.amountMinor, end);
  let standing = begun(facts);
  for (const at of [...seen, 3]) standing = applied(standing, course[at] as DisputeSaid).after;
  return standing;
}
