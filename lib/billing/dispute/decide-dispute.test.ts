import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BalanceMovement } from "@/lib/gateway/port";
import type { ChargeId, CustomerId, DisputeId, PaymentId, TransferId } from "@/lib/kernel/id";
import { decisionOver } from "@/lib/testing/records";
import { type ChargeRecord, topUpLeftMinor } from "../payment/charge-left";
import type { FreedMoney } from "../payment/keep-freed";
import { decideDispute, newsOf } from "./decide-dispute";
import { customerPartMinor } from "./dispute-parts";
import type { DisputeScene } from "./dispute-scene";
import { type DisputeSaid, outOf } from "./judge-dispute";

/** A dispute and what its transfers did, as it stands between two decisions. Minor units. */
interface Standing {
  scene: DisputeScene;
  postedMinor: bigint;
  heldMinor: bigint;
  net: Record<string, bigint>;
}

interface Given {
  charge: Omit<ChargeRecord, "id" | "paymentId" | "stripeChargeId" | "methodType" | "currency">;
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
      siblingHolds: [],
      booked: [],
      outMinor: 0n,
      lost: { customerMinor: 0n, hostMinor: 0n },
      charge: {
        id: "charge" as ChargeId,
        paymentId: "payment" as PaymentId,
        stripeChargeId: "ch_1",
        methodType: "card",
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
        lossAgreedAt: null,
        lostUnmovedAt: null,
        feeMinor: null,
        feeCurrency: null,
      },
    },
  };
}

function applied(
  before: Standing,
  said: DisputeSaid,
): { after: Standing; changed: boolean; freed: FreedMoney | undefined } {
  const decision = decisionOver({ postedMinor: before.postedMinor, heldMinor: before.heldMinor });
  const changed = decideDispute(decision, before.scene, said);
  const freed = decision.takeFreed().get(before.scene.charge.id);
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
  const rows = changes.dispute_movements;
  const booked = [...before.scene.booked, ...rows.map((row) => row.stripe_balance_transaction_id)];
  const outMinor = rows.reduce((total, row) => total - row.amount_minor, before.scene.outMinor);
  const scene = { ...before.scene, holds, dispute, lost, booked, outMinor };
  return { after: { scene, postedMinor, heldMinor, net }, changed, freed };
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

/** A top-up of 1000 of which nothing else became. */
const plain: Given = {
  charge: {
    amountMinor: 1_000n,
    refundedMinor: 0n,
    onInvoicesMinor: 0n,
    disputedMinor: 0n,
    lostMinor: 0n,
    hostLossMinor: 0n,
  },
  amountMinor: 1_000n,
  postedMinor: 1_000n,
};

const moved = (settledMinor: bigint, feeMinor: bigint): BalanceMovement => ({
  balanceTransactionId: settledMinor < 0n ? "txn_out" : "txn_back",
  settledMinor,
  feeMinor,
  currency: "USD",
});

/** A dispute at Stripe from its inquiry to its end, as each look would find it. */
function courseOf(amountMinor: bigint, end: "won" | "lost"): DisputeSaid[] {
  const nothing = { isInquiry: false, movements: [], isWonInPart: false, isLostUnmoved: false, end: null };
  const out = { ...nothing, movements: [{ movement: moved(-amountMinor, 15n), amountMinor: -amountMinor }] };
  const back = { movement: moved(amountMinor, 0n), amountMinor };
  return [
    { ...nothing, isInquiry: true },
    nothing,
    out,
    end === "lost" ? { ...out, end } : { ...out, movements: [...out.movements, back], end },
  ];
}

/** One that is taken in two steps, and of which some comes back before it is lost, and perhaps the rest on appeal. */
function stepsOf(amountMinor: bigint, cutMinor: bigint, backMinor: bigint): DisputeSaid[] {
  const all = [
    { name: "first", amountMinor: -cutMinor },
    { name: "fee", amountMinor: 0n },
    { name: "second", amountMinor: cutMinor - amountMinor },
    { name: "some", amountMinor: backMinor },
    { name: "rest", amountMinor: amountMinor - backMinor },
  ].map(({ name, amountMinor: minor }) => ({
    movement: { ...moved(minor, minor === 0n ? 15n : 0n), balanceTransactionId: name },
    amountMinor: minor,
  }));
  const until = (count: number, end: DisputeSaid["end"]): DisputeSaid => {
    const movements = all.slice(0, count);
    return {
      isInquiry: false,
      isWonInPart: false,
      isLostUnmoved: false,
      movements,
      end: outOf(movements) === 0n ? null : end,
    };
  };
  return [
    until(1, null),
    until(3, null),
    until(4, null),
    until(4, "lost"),
    { ...until(5, null), end: "won" },
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
        expect(applied(since, { ...won, end: null, movements: won.movements.slice(0, 1) }).changed).toBe(
          false,
        );
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

  it("in several steps, of which some comes back before it is lost, is lost for the rest alone", () => {
    const cuts = fc.tuple(given, fc.nat({ max: 1_000 }), fc.nat({ max: 1_000 }), looks);
    fc.assert(
      fc.property(cuts, ([facts, cut, back, seen]) => {
        const amountMinor = facts.amountMinor + 2n;
        const part = (of: number, most: bigint) => 1n + (BigInt(of) * (most - 2n)) / 1_000n;
        const backMinor = part(back, amountMinor);
        const course = stepsOf(amountMinor, part(cut, amountMinor), backMinor);
        let standing = begun({ ...facts, amountMinor });
        for (const at of [...seen, 3]) standing = applied(standing, course[at] as DisputeSaid).after;
        const { net, scene, heldMinor } = standing;
        const restMinor = amountMinor - backMinor;
        expect([scene.dispute.state, scene.outMinor, scene.holds, heldMinor]).toEqual([
          "lost",
          restMinor,
          [],
          0n,
        ]);
        const borne = (net.customer_balance ?? 0n) + (net.customer_debt ?? 0n);
        expect(borne + (net.dispute_loss ?? 0n)).toBe(restMinor);
        expect([borne, net.disputed ?? 0n]).toEqual([customerPartMinor(facts.charge, restMinor), 0n]);
        expect([net.processing_fees, net.gateway_clearing]).toEqual([15n, -restMinor - 15n]);
        for (const earlier of course.slice(0, 4)) expect(applied(standing, earlier).changed).toBe(false);
        const { after } = applied(standing, course[4] as DisputeSaid);
        expect([after.scene.dispute.state, after.scene.outMinor]).toEqual(["won", 0n]);
        expect(after.net.dispute_loss ?? 0n).toBe(0n);
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

  it("says of all that becomes available by it that it is free, so that the charge's other disputes have it first", () => {
    const some = fc.bigInt({ min: 1n, max: 1_000n });
    fc.assert(
      fc.property(given, some, some, some, (facts, cut, back, arrivedMinor) => {
        const cutMinor = least(cut, facts.amountMinor);
        const course = stepsOf(facts.amountMinor, cutMinor, least(back, facts.amountMinor));
        let standing = begun(facts);
        for (const [at, said] of course.entries()) {
          // Money that comes in between is not of this dispute.
          if (at === 2) standing = { ...standing, postedMinor: standing.postedMinor + arrivedMinor };
          const { after, freed } = applied(standing, said);
          const availableOf = (one: Standing) => one.postedMinor - one.heldMinor;
          const byIt = availableOf(after) - availableOf(standing);
          const { dispute, outMinor, lost } = after.scene;
          const lostMinor = dispute.state === "lost" ? outMinor : 0n;
          const decided = { id: dispute.id, lostMinor, byHostMinor: lost.hostMinor };
          if (byIt > 0n) expect(freed).toEqual({ arrivedMinor: byIt, standsLessMinor: 0n, decided });
          else expect(freed).toBeUndefined();
          // Held is only when more was withdrawn, and what came later is not taken for a loss before debt is paid.
          if (at >= 2) expect(byIt >= 0n).toBe(true);
          standing = after;
        }
      }),
    );
  });

  it("that was given back in part is lost for the rest when staff have said that it is", () => {
    const { scene } = applied(
      begun({ ...plain, amountMinor: 900n }),
      courseOf(900n, "lost")[2] as DisputeSaid,
    ).after;
    const said: DisputeSaid = {
      isInquiry: false,
      isWonInPart: true,
      isLostUnmoved: false,
      movements: [],
      end: null,
    };
    expect(newsOf(scene, said, true).end).toBeNull();
    const agreed = {
      ...scene,
      dispute: { ...scene.dispute, lossAgreedAt: new Date("2026-03-10T09:00:00Z") },
    };
    expect(newsOf(agreed, said, true).end).toBe("lost");
    expect(newsOf(agreed, { ...said, isWonInPart: false, isLostUnmoved: false }, true).end).toBeNull();
    expect(newsOf(scene, { ...said, end: "lost" }, false).end).toBeNull();
  });

  it("that is lost gives back what is held beyond the customer's part, and says that it is free", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 999n }), (refundedMinor) => {
        const [, , out, lost] = courseOf(1_000n, "lost") as [
          DisputeSaid,
          DisputeSaid,
          DisputeSaid,
          DisputeSaid,
        ];
        const { after } = applied(begun(plain), out);
        expect(after.heldMinor).toBe(1_000n);
        // Refunded to the card since: the host bears that much of the loss.
        const scene = { ...after.scene, charge: { ...after.scene.charge, refundedMinor } };
        const end = applied({ ...after, scene }, lost);
        expect(end.after).toMatchObject({ postedMinor: refundedMinor, heldMinor: 0n });
        expect(end.after.net.dispute_loss).toBe(refundedMinor);
        expect(end.freed?.arrivedMinor).toBe(refundedMinor);
      }),
    );
  });

  it("that was won and of which money goes out again stays won: its end is not written without its loss", () => {
    const won = lastOf(plain, "won", []);
    const [, , , said] = courseOf(1_000n, "won");
    const again = {
      movement: { ...moved(-1_000n, 0n), balanceTransactionId: "again" },
      amountMinor: -1_000n,
    };
    const movements = [...(said?.movements ?? []), again];
    const { after } = applied(won, {
      isInquiry: false,
      isWonInPart: false,
      isLostUnmoved: false,
      movements,
      end: "lost",
    });
    expect([after.scene.dispute.state, after.net.dispute_loss ?? 0n]).toEqual(["won", 0n]);
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
