import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChargeId, CustomerId, DisputeId, PaymentId, TransferId } from "@/lib/kernel/id";
import type { DisputeHold, OpenHold } from "@/lib/ledger/book";
import { decisionOver } from "@/lib/testing/records";
import { keepOf } from "../payment/keep-freed";
import { decideDispute } from "./decide-dispute";
import type { DisputeRecord } from "./dispute-scene";
import type { DisputeMovement, DisputeSaid } from "./judge-dispute";

/** A charge of which some stands on invoices, its disputes and its customer's money between two decisions. Minor units. */
interface Standing {
  readonly chargeMinor: bigint;
  readonly standsMinor: bigint;
  readonly disputes: readonly Course[];
  readonly holds: readonly OpenHold<DisputeHold>[];
  readonly postedMinor: bigint;
  readonly debtMinor: bigint;
}

/** One of its disputes: what Stripe has said of it, and who bears what is lost. */
interface Course {
  readonly dispute: DisputeRecord;
  readonly movements: readonly DisputeMovement[];
  readonly outMinor: bigint;
  readonly customerMinor: bigint;
  readonly hostMinor: bigint;
}

type Act =
  | { kind: "open" | "part" | "won" | "lost"; at: number; share: number }
  | { kind: "credit" | "arrive" | "spend"; share: number };

const shares = fc.nat({ max: 100 });
const acts = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("open" as const, "part" as const, "won" as const, "lost" as const),
      at: fc.nat({ max: 2 }),
      share: shares,
    }),
    fc.record({
      kind: fc.constantFrom("credit" as const, "arrive" as const, "spend" as const),
      share: shares,
    }),
  ),
  { maxLength: 16 },
);
const some = fc.bigInt({ min: 0n, max: 1_000n });

describe("disputes of one charge", () => {
  it("in any order leave the host what stands and is lost all the same, and the customer the rest", () => {
    fc.assert(
      fc.property(some, some, some, acts, (standsMinor, leftMinor, otherMinor, course) => {
        let standing = begun(standsMinor, leftMinor, otherMinor);
        let ownMinor = leftMinor + otherMinor;
        for (const act of course) {
          const { after, cameMinor } = step(standing, act);
          standing = after;
          ownMinor += cameMinor;
          expectFair(standing, ownMinor);
        }
      }),
      { numRuns: 400 },
    );
  });
});

function expectFair(standing: Standing, ownMinor: bigint): void {
  const { chargeMinor, standsMinor, disputes, holds, postedMinor, debtMinor } = standing;
  const lostMinor = sum(disputes.map(({ dispute, outMinor }) => (dispute.state === "lost" ? outMinor : 0n)));
  const hostMinor = sum(disputes.map((each) => each.hostMinor));
  expect(hostMinor).toBe(most(0n, standsMinor + lostMinor - chargeMinor));
  expect(sum(disputes.map((each) => each.customerMinor))).toBe(lostMinor - hostMinor);
  expect(postedMinor - debtMinor).toBe(ownMinor - (lostMinor - hostMinor));
  const heldMinor = sum(holds.map(({ amountMinor }) => amountMinor));
  const leftMinor = most(0n, chargeMinor - standsMinor - lostMinor);
  expect(heldMinor).toBeLessThanOrEqual(least(leftMinor, postedMinor));
  for (const { dispute, outMinor } of disputes) {
    const held = sum(holds.map((hold) => (hold.disputeId === dispute.id ? hold.amountMinor : 0n)));
    expect(held).toBeLessThanOrEqual(dispute.state === "open" ? outMinor : 0n);
  }
  if (debtMinor > 0n) expect(postedMinor).toBe(heldMinor);
}

function begun(standsMinor: bigint, leftMinor: bigint, otherMinor: bigint): Standing {
  const chargeMinor = standsMinor + leftMinor;
  const named = ["first", "second", "third"] as const;
  const disputes = named.map((id) => ({
    dispute: {
      id: id as DisputeId,
      customerId: "customer" as CustomerId,
      state: "open" as const,
      isInquiry: false,
      currency: "USD" as const,
      amountMinor: 0n,
      withdrawnAt: null,
      reinstatedAt: null,
      lossAgreedAt: null,
      lostUnmovedAt: null,
      feeMinor: null,
      feeCurrency: null,
    },
    movements: [],
    outMinor: 0n,
    customerMinor: 0n,
    hostMinor: 0n,
  }));
  return {
    chargeMinor,
    standsMinor,
    disputes,
    holds: [],
    postedMinor: leftMinor + otherMinor,
    debtMinor: 0n,
  };
}

/** What was not there to be done is not done. */
function step(standing: Standing, act: Act): { after: Standing; cameMinor: bigint } {
  if ("at" in act) return { after: disputed(standing, act), cameMinor: 0n };
  if (act.kind === "credit") return credited(standing, part(standing.standsMinor, act.share));
  const minor = act.kind === "arrive" ? BigInt(act.share) * 5n : -part(availableOf(standing), act.share);
  const after = debtPaid({ ...standing, postedMinor: standing.postedMinor + minor });
  return { after, cameMinor: minor };
}

function disputed(standing: Standing, { kind, at, share }: Extract<Act, { at: number }>): Standing {
  const course = standing.disputes[at];
  if (!course) return standing;
  const { dispute, movements, outMinor } = course;
  const takenMinor = sum(standing.disputes.map((each) => each.outMinor));
  const isBegun = movements.length > 0;
  const moved = (amountMinor: bigint): DisputeMovement[] =>
    amountMinor === 0n
      ? []
      : [{ amountMinor, movement: { balanceTransactionId: `${at} ${movements.length}`, ...inDollars } }];
  if (kind === "open" && !isBegun) {
    const amountMinor = part(standing.chargeMinor - takenMinor, share);
    return said(standing, at, { end: null, movements: moved(-amountMinor) });
  }
  if (kind === "part" && isBegun && dispute.state !== "won") {
    return said(standing, at, {
      end: endOf(dispute),
      movements: moved(part(most(0n, outMinor - 1n), share)),
    });
  }
  if (kind === "won" && isBegun && dispute.state !== "won")
    return said(standing, at, { end: "won", movements: moved(outMinor) });
  if (kind === "lost" && dispute.state === "open") {
    // Now and then it is taken and lost in one breath.
    const amountMinor = isBegun ? 0n : part(standing.chargeMinor - takenMinor, share);
    return isBegun || amountMinor > 0n
      ? said(standing, at, { end: "lost", movements: moved(-amountMinor) })
      : standing;
  }
  return standing;
}

const inDollars = { settledMinor: 0n, feeMinor: 0n, currency: "USD" };
const endOf = ({ state }: DisputeRecord): DisputeSaid["end"] => (state === "open" ? null : state);

function said(standing: Standing, at: number, news: Pick<DisputeSaid, "end" | "movements">): Standing {
  const course = standing.disputes[at];
  if (!course) return standing;
  const { dispute } = course;
  const others = standing.disputes.filter((each) => each !== course);
  const lost = others.filter((each) => each.dispute.state === "lost");
  const heldMinor = sum(standing.holds.map(({ amountMinor }) => amountMinor));
  const decision = decisionOver({ postedMinor: standing.postedMinor, heldMinor });
  const movements = [...course.movements, ...news.movements];
  decideDispute(
    decision,
    {
      dispute,
      charge: {
        id: "charge" as ChargeId,
        paymentId: "payment" as PaymentId,
        stripeChargeId: "ch_1",
        methodType: "card",
        currency: "USD",
        amountMinor: standing.chargeMinor,
        refundedMinor: 0n,
        onInvoicesMinor: standing.standsMinor,
        disputedMinor: sum(others.map(({ outMinor }) => outMinor)),
        lostMinor: sum(lost.map(({ outMinor }) => outMinor)),
        hostLossMinor: sum(lost.map(({ hostMinor }) => hostMinor)),
      },
      holds: standing.holds.filter(({ disputeId }) => disputeId === dispute.id),
      siblingHolds: standing.holds.filter(({ disputeId }) => disputeId !== dispute.id),
      booked: course.movements.map(({ movement }) => movement.balanceTransactionId),
      outMinor: course.outMinor,
      lost: { customerMinor: course.customerMinor, hostMinor: course.hostMinor },
    },
    { isInquiry: false, isWonInPart: false, isLostUnmoved: false, end: news.end, movements },
  );
  const freed = [...decision.takeFreed().values()][0];
  const { books, changes } = decision.result();
  let after: Standing = {
    ...standing,
    disputes: standing.disputes.map((each) => {
      if (each !== course) return each;
      const state = changes.disputeStates.at(-1);
      if (!state) return each;
      const became = {
        state: state.state as DisputeRecord["state"],
        withdrawnAt: state.withdrawn_at,
        reinstatedAt: state.reinstated_at,
      };
      const outMinor = -sum(movements.map(({ amountMinor }) => amountMinor));
      return { ...each, movements, outMinor, dispute: { ...dispute, ...became } };
    }),
  };
  for (const { balance, transfers } of books) {
    after = { ...after, postedMinor: balance.postedMinor };
    for (const row of transfers) {
      if (row.pendingId) after = { ...after, holds: after.holds.filter(({ id }) => id !== row.pendingId) };
      if (row.kind === "pending") after = held(after, row.disputeId as DisputeId, row.amountMinor, row.id);
      if (row.kind !== "posted" && row.kind !== "post") continue;
      after = borne(after, row.disputeId as DisputeId, row);
    }
  }
  return debtPaid(freed ? kept(after, freed) : after);
}

function borne(
  standing: Standing,
  id: DisputeId,
  { debit, credit, amountMinor }: { debit: string; credit: string; amountMinor: bigint },
): Standing {
  const on = (...accounts: string[]) =>
    (accounts.includes(debit) ? amountMinor : 0n) - (accounts.includes(credit) ? amountMinor : 0n);
  return {
    ...standing,
    debtMinor: standing.debtMinor + on("customer_debt"),
    disputes: standing.disputes.map((each) =>
      each.dispute.id === id
        ? {
            ...each,
            customerMinor: each.customerMinor + on("customer_balance", "customer_debt"),
            hostMinor: each.hostMinor + on("dispute_loss"),
          }
        : each,
    ),
  };
}

function kept(standing: Standing, freed: Parameters<typeof keepOf>[1]): Standing {
  const { losses, holds } = keepOf(
    {
      amountMinor: standing.chargeMinor,
      standsMinor: standing.standsMinor + freed.standsLessMinor,
      disputes: standing.disputes.map(({ dispute, outMinor, hostMinor }) => ({
        id: dispute.id,
        state: dispute.state,
        outMinor,
        byHostMinor: hostMinor,
        heldMinor: sum(standing.holds.map((hold) => (hold.disputeId === dispute.id ? hold.amountMinor : 0n))),
      })),
    },
    freed,
  );
  let after = standing;
  for (const { disputeId, amountMinor } of losses) {
    const paidMinor = least(amountMinor, availableOf(after));
    const ways = { credit: "dispute_loss" } as const;
    after = borne(after, disputeId, { ...ways, debit: "customer_balance", amountMinor: paidMinor });
    after = borne(after, disputeId, {
      ...ways,
      debit: "customer_debt",
      amountMinor: amountMinor - paidMinor,
    });
    after = { ...after, postedMinor: after.postedMinor - paidMinor };
  }
  for (const { disputeId, amountMinor } of holds) {
    const minor = least(amountMinor, availableOf(after));
    if (minor > 0n) after = held(after, disputeId, minor, `kept ${after.holds.length} ${disputeId}`);
  }
  return after;
}

/** Staff take so much off the invoices that the charge paid. */
function credited(standing: Standing, minor: bigint): { after: Standing; cameMinor: bigint } {
  const freed = { arrivedMinor: minor, standsLessMinor: minor };
  const after = {
    ...standing,
    standsMinor: standing.standsMinor - minor,
    postedMinor: standing.postedMinor + minor,
  };
  return { after: debtPaid(minor > 0n ? kept(after, freed) : after), cameMinor: minor };
}

function held(standing: Standing, disputeId: DisputeId, amountMinor: bigint, id: string): Standing {
  return { ...standing, holds: [...standing.holds, { id: id as TransferId, disputeId, amountMinor }] };
}

function debtPaid(standing: Standing): Standing {
  const minor = least(standing.debtMinor, availableOf(standing));
  return { ...standing, debtMinor: standing.debtMinor - minor, postedMinor: standing.postedMinor - minor };
}

function availableOf({ postedMinor, holds }: Standing): bigint {
  return postedMinor - sum(holds.map(({ amountMinor }) => amountMinor));
}

function part(minor: bigint, share: number): bigint {
  return (minor * BigInt(share)) / 100n;
}

const sum = (minors: readonly bigint[]) => minors.reduce((total, minor) => total + minor, 0n);
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const most = (a: bigint, b: bigint) => (a > b ? a : b);
