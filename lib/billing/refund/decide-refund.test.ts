import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BalanceMovement, Refund } from "@/lib/gateway/port";
import type { ChargeId, CustomerId, PaymentId, RefundId, TransferId } from "@/lib/kernel/id";
import { decidedAt, decisionOver } from "@/lib/testing/records";
import type { FreedMoney } from "../payment/keep-freed";
import { decideRefund, type RefundScene } from "./decide-refund";
import { judgeRefund, type RefundVerdict } from "./judge-refund";
import type { RefundState } from "./states";

type Said = Exclude<RefundVerdict, { kind: "quarantined" }>;

/** A refund, its money and the customer's balance, as they stand between two decisions. Minor units. */
interface Standing {
  scene: RefundScene;
  postedMinor: bigint;
  heldMinor: bigint;
  /** What all its transfers did to Stripe's debt to the host. */
  clearingMinor: bigint;
}

const amountMinor = 700n;

function begun(origin: "staff" | "dashboard", postedMinor: bigint): Standing {
  const isHeld = origin === "staff";
  const refundId = "refund" as RefundId;
  return {
    postedMinor,
    heldMinor: isHeld ? amountMinor : 0n,
    clearingMinor: 0n,
    scene: {
      hold: isHeld ? { id: "hold" as TransferId, refundId, amountMinor } : null,
      fromBalanceMinor: 0n,
      onSuspenseMinor: 0n,
      refund: {
        id: refundId,
        customerId: "customer" as CustomerId,
        chargeId: "charge" as ChargeId,
        paymentId: "payment" as PaymentId,
        stripeChargeId: "ch_1",
        origin,
        state: isHeld ? "created" : "sent",
        currency: "USD",
        amountMinor,
        request: null,
        requestKey: null,
        stripeRefundId: isHeld ? null : "re_1",
        balanceTransactionId: null,
        failureCode: null,
        pendingReason: null,
        toldAt: null,
        firstSentAt: decidedAt,
        createdAt: decidedAt,
        bookedAt: null,
      },
    },
  };
}

/** Applies one word of Stripe's and carries over what it leaves, as the rows do. */
function applied(
  before: Standing,
  said: Said,
): { after: Standing; changed: boolean; freed: FreedMoney | undefined } {
  const decision = decisionOver({ postedMinor: before.postedMinor, heldMinor: before.heldMinor });
  const changed = decideRefund(decision, before.scene, said);
  const freed = decision.takeFreed().get(before.scene.refund.chargeId);
  const { books, changes } = decision.result();
  const after = structuredClone(before);
  const money = { ...after.scene };
  for (const { balance, transfers } of books) {
    after.postedMinor = balance.postedMinor;
    after.heldMinor = balance.heldMinor;
    for (const row of transfers) {
      if (row.kind === "post" || row.kind === "void") money.hold = null;
      if (row.kind !== "posted" && row.kind !== "post") continue;
      const net = (account: string) =>
        (row.debit === account ? row.amountMinor : 0n) - (row.credit === account ? row.amountMinor : 0n);
      money.fromBalanceMinor += net("customer_balance");
      money.onSuspenseMinor += net("suspense");
      after.clearingMinor += net("gateway_clearing");
    }
  }
  for (const state of changes.refundStates) {
    money.refund = {
      ...money.refund,
      state: state.state as RefundState,
      stripeRefundId: state.stripe_refund_id,
      balanceTransactionId: state.stripe_balance_transaction_id,
      failureCode: state.failure_code,
      pendingReason: state.pending_reason,
      toldAt: state.told_at,
      bookedAt: state.booked_at,
    };
  }
  return { after: { ...after, scene: money }, changed, freed };
}

const movement = (minor: bigint, feeMinor: bigint): BalanceMovement => ({
  balanceTransactionId: minor < 0n ? "txn_out" : "txn_back",
  settledMinor: minor,
  feeMinor,
  currency: "USD",
});

function object(status: string, hasMoved: boolean): Refund {
  const isFailed = status === "failed";
  return {
    id: "re_1",
    status,
    stripeChargeId: "ch_1",
    amountMinor,
    currency: "USD",
    refundId: "refund",
    customerId: "customer",
    failureReason: isFailed ? "lost_or_stolen_card" : null,
    pendingReason: status === "pending" ? (hasMoved ? "processing" : "insufficient_funds") : null,
    movement: hasMoved ? movement(-amountMinor, 3n) : null,
    failureMovement: isFailed && hasMoved ? movement(amountMinor, -3n) : null,
  };
}

function verdictOf(said: Refund): Said {
  const verdict = judgeRefund(begun("staff", amountMinor).scene.refund, said);
  if (verdict.kind === "quarantined") throw new Error(verdict.reason);
  return verdict;
}

/** Looks at one refund at Stripe while it goes on: never back, and its money moves before it ends well. */
const onItsWay = fc.constantFrom(
  ...[object("pending", false), object("requires_action", false), object("pending", true)].map(verdictOf),
);
const succeeded = verdictOf(object("succeeded", true));
const failed = verdictOf(object("failed", true));
const origins = fc.constantFrom("staff" as const, "dashboard" as const);
const balances = fc.bigInt({ min: amountMinor, max: 5_000n });

describe("a refund of a top-up", () => {
  it("takes its amount once or not at all, whatever Stripe says in whatever order, and however often", () => {
    const words = fc.array(fc.oneof(onItsWay, fc.constantFrom(succeeded, failed)), { maxLength: 8 });
    fc.assert(
      fc.property(origins, balances, words, (origin, postedMinor, said) => {
        let standing = begun(origin, postedMinor);
        for (const word of said) {
          standing = applied(standing, word).after;
          const { hold, fromBalanceMinor, onSuspenseMinor } = standing.scene;
          expect([0n, amountMinor]).toContain((hold?.amountMinor ?? 0n) + fromBalanceMinor + onSuspenseMinor);
          expect(standing.postedMinor).toBe(postedMinor - fromBalanceMinor);
          expect(standing.heldMinor).toBe(hold?.amountMinor ?? 0n);
          expect(applied(standing, word).changed).toBe(false);
        }
      }),
    );
  });

  it("that has ended is where its last word says, whatever was heard before and after of earlier ones", () => {
    const looks = fc.array(onItsWay, { maxLength: 4 });
    fc.assert(
      fc.property(origins, looks, fc.boolean(), looks, (origin, earlier, hasFailed, stale) => {
        const end = hasFailed ? failed : succeeded;
        let standing = begun(origin, 1_000n);
        for (const word of [...earlier, end, ...stale]) standing = applied(standing, word).after;
        const { refund, hold, fromBalanceMinor, onSuspenseMinor } = standing.scene;
        const takenMinor = hasFailed ? 0n : amountMinor;
        expect(refund.state).toBe(hasFailed ? "failed" : "succeeded");
        expect(hold).toBeNull();
        expect(fromBalanceMinor + onSuspenseMinor).toBe(takenMinor);
        // The fee of three is kept where it was taken, and given back where the refund failed.
        expect(standing.clearingMinor).toBe(hasFailed ? 0n : -takenMinor - 3n);
      }),
    );
  });

  it("that succeeded and then fails at the bank gives back all that it took", () => {
    fc.assert(
      fc.property(origins, balances, (origin, postedMinor) => {
        let standing = begun(origin, postedMinor);
        for (const word of [succeeded, failed]) standing = applied(standing, word).after;
        expect(standing).toMatchObject({ postedMinor, heldMinor: 0n, clearingMinor: 0n });
        expect(standing.scene).toMatchObject({ fromBalanceMinor: 0n, onSuspenseMinor: 0n });
      }),
    );
  });

  it("that fails says what of it is free again, and that it no longer stands: what was lost of its charge comes first", () => {
    fc.assert(
      fc.property(
        origins,
        balances,
        fc.array(fc.oneof(onItsWay, fc.constant(succeeded)), { maxLength: 3 }),
        (origin, postedMinor, said) => {
          let standing = begun(origin, postedMinor);
          for (const word of said) {
            const made = applied(standing, word);
            expect(made.freed).toBeUndefined();
            standing = made.after;
          }
          const before = standing.postedMinor - standing.heldMinor;
          const { after, freed } = applied(standing, failed);
          const arrivedMinor = after.postedMinor - after.heldMinor - before;
          expect(arrivedMinor).toBe(origin === "staff" ? amountMinor : 0n);
          expect(freed).toEqual({ arrivedMinor, standsLessMinor: amountMinor });
          expect(applied(after, failed).freed).toBeUndefined();
        },
      ),
    );
  });
});

describe("a refund that was made", () => {
  const day = 86_400_000;
  const changeOf = (daysAgo: number, verdict: Said, isBegunByStaff = true) => {
    const { scene } = begun(isBegunByStaff ? "staff" : "dashboard", 1_000n);
    const createdAt = new Date(decidedAt.getTime() - daysAgo * day);
    const decision = decisionOver({ postedMinor: 1_000n, heldMinor: isBegunByStaff ? amountMinor : 0n });
    decideRefund(decision, { ...scene, refund: { ...scene.refund, createdAt } }, verdict);
    decision.takeFreed();
    return decision.result().changes;
  };

  it("is asked about daily for thirty days, since its bank may refuse it, and not after; one that failed never", () => {
    const nextOf = (daysAgo: number, verdict: Said) =>
      changeOf(daysAgo, verdict).refundStates[0]?.next_poll_at;
    const tomorrow = new Date(decidedAt.getTime() + day);
    expect(nextOf(0, succeeded)).toEqual(tomorrow);
    expect(nextOf(29, succeeded)).toEqual(tomorrow);
    expect(nextOf(30, succeeded)).toBeNull();
    expect(nextOf(0, failed)).toBeNull();
  });

  it("registers Stripe's id once", () => {
    expect(changeOf(0, succeeded).stripe_objects).toEqual([{ id: "re_1", kind: "refund", row_id: "refund" }]);
    expect(changeOf(0, succeeded, false).stripe_objects).toEqual([]);
    expect(changeOf(0, { kind: "failed", code: "declined", said: null }).stripe_objects).toEqual([]);
  });
});
