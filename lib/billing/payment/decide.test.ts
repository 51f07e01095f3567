import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChargeLimitBook } from "@/lib/gateway/charge-limits";
import type { InvoiceId, PaymentId, TransferId } from "@/lib/kernel/id";
import {
  decidedAt,
  decisionOver,
  invoiceRecord,
  paymentRecord,
  renewalLine,
  serviceRecord,
} from "@/lib/testing/records";
import type { Decision } from "../decision";
import type { InvoiceRecord } from "../scene";
import { settleWaiting } from "./balance-payment";
import { decideEnd, decideSuccess, type PaymentScene } from "./decide-success";
import { planPayment } from "./plan";

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** What became of an invoice between the start of its payment and its outcome. */
type Fate = { kind: "open" | "void" | "paid" } | { kind: "partly"; byMinor: bigint };

const someFate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: "open" as const }) },
  fc.constantFrom({ kind: "void" as const }, { kind: "paid" as const }),
  fc.bigInt({ min: 1n, max: 900n }).map((byMinor) => ({ kind: "partly" as const, byMinor })),
);

const someCase = fc.record({
  dues: fc.array(fc.record({ totalMinor: fc.bigInt({ min: 1n, max: 1_000n }), fate: someFate }), {
    minLength: 1,
    maxLength: 6,
  }),
  availableMinor: fc.bigInt({ min: 0n, max: 3_000n }),
  otherHeldMinor: fc.bigInt({ min: 0n, max: 500n }),
});

/** A payment as it was planned and stored, and its invoices as they are when its outcome is known. */
function underWay({
  dues,
  availableMinor,
  otherHeldMinor,
}: typeof someCase extends fc.Arbitrary<infer T> ? T : never) {
  const planned = planPayment(
    dues.map(({ totalMinor }, at) => ({ id: `${at}` as InvoiceId, remainingMinor: totalMinor })),
    availableMinor,
    "all",
    chargeLimits("USD"),
  );
  if (!planned.ok || planned.plan.cardMinor === 0n) return null;
  const { plan } = planned;
  const payment = paymentRecord({
    funding: plan.funding,
    balanceMinor: plan.balanceMinor,
    cardMinor: plan.cardMinor,
    excessMinor: plan.excessMinor,
  });
  const holds = plan.shares
    .filter(({ balanceMinor }) => balanceMinor > 0n)
    .map(({ invoiceId, balanceMinor }) => ({
      id: `hold-${invoiceId}` as TransferId,
      paymentId: payment.id,
      invoiceId,
      amountMinor: balanceMinor,
    }));
  const balance = {
    postedMinor: availableMinor + otherHeldMinor,
    heldMinor: plan.balanceMinor + otherHeldMinor,
  };
  const invoices = dues.map(({ totalMinor, fate }, at) => fated(`${at}`, totalMinor, fate));
  const decision = decisionOver(balance);
  decision.see({ invoices, lines: [], services: [] });
  const scene: PaymentScene = { payment, shares: plan.shares, holds, bookedCharges: [] };
  const charge = { id: "ch_1", amountMinor: plan.cardMinor, currency: "USD", fee: null };
  return { decision, scene, charge, balance, invoices, holds, plan };
}

function fated(id: string, totalMinor: bigint, fate: Fate): InvoiceRecord {
  const claimedBy = "payment" as PaymentId;
  switch (fate.kind) {
    case "open":
      return invoiceRecord({ id, totalMinor, claimedBy });
    case "partly":
      return invoiceRecord({
        id,
        totalMinor,
        amountPaidMinor: least(fate.byMinor, totalMinor - 1n),
        claimedBy,
      });
    case "paid":
      return invoiceRecord({
        id,
        totalMinor,
        state: "paid",
        amountPaidMinor: totalMinor,
        paidAt: decidedAt,
        claimedBy,
      });
    case "void":
      return invoiceRecord({ id, totalMinor, state: "void", amountCreditedMinor: totalMinor, claimedBy });
  }
}

/** The sums of what a decision writes. */
function sumsOf(decision: Decision) {
  const { books, changes } = decision.result();
  const rows = books.flatMap(({ transfers }) => transfers);
  const of = (kind: string, side: "debit" | "credit", account: string) =>
    sum(rows.filter((row) => row.kind === kind && row[side] === account).map((row) => row.amountMinor));
  return {
    rows,
    changes,
    fromStripe: of("posted", "debit", "gateway_clearing"),
    toBalance: of("posted", "credit", "customer_balance"),
    posted: of("post", "debit", "customer_balance"),
    balance: books[0]?.balance,
  };
}

const chargeLimits = (currency: "USD") => new ChargeLimitBook().of(currency);

describe("a success", () => {
  it("places every unit of the charge, takes what is needed of the holds, and pays all that is open", () => {
    fc.assert(
      fc.property(someCase, (given) => {
        const made = underWay(given);
        fc.pre(made !== null);
        const { decision, scene, charge, balance, invoices, holds, plan } = made;
        expect(decideSuccess(decision, scene, charge, "pi_1")).toBe(true);
        const { rows, changes, fromStripe, toBalance, posted, balance: after } = sumsOf(decision);
        expect(fromStripe).toBe(charge.amountMinor);
        const byCard = changes.allocations.filter(({ source }) => source === "card");
        expect(sum(byCard.map((row) => row.amount_minor)) + toBalance).toBe(charge.amountMinor);
        for (const { id } of holds) expect(rows.filter((row) => row.pendingId === id)).toHaveLength(1);
        expect(after?.postedMinor).toBe(balance.postedMinor + toBalance - posted);
        expect(after?.heldMinor).toBe(balance.heldMinor - plan.balanceMinor);
        for (const before of invoices) {
          const allocated = changes.allocations.filter((row) => row.invoice_id === before.id);
          const remaining = before.totalMinor - before.amountPaidMinor - before.amountCreditedMinor;
          expect(sum(allocated.map((row) => row.amount_minor))).toBe(
            before.state === "open" ? remaining : 0n,
          );
          const share = plan.shares.find(({ invoiceId }) => invoiceId === before.id);
          for (const { source, amount_minor } of allocated) {
            const most = (source === "card" ? share?.cardMinor : share?.balanceMinor) ?? 0n;
            expect(amount_minor <= most).toBe(true);
          }
          // Card money is applied first: the balance is used only where the whole card share was.
          const fromBalance = allocated.some(({ source }) => source === "balance");
          const fromCard = sum(
            allocated.filter(({ source }) => source === "card").map((row) => row.amount_minor),
          );
          if (fromBalance) expect(fromCard).toBe(share?.cardMinor);
        }
        expect(changes.invoiceStates.every(({ state }) => state === "paid")).toBe(true);
        expect(changes.paymentStates).toMatchObject([{ from_state: "sent", state: "succeeded" }]);
        expect(changes.claimsRemoved).toHaveLength(invoices.length);
        expect(changes.charges).toHaveLength(1);
        const isToldOf = toBalance > plan.excessMinor;
        expect(changes.tasks.map(({ kind }) => kind)).toEqual(isToldOf ? ["money_for_closed_invoice"] : []);
      }),
      { numRuns: 400 },
    );
  });

  it("of a payment that had ended becomes balance, and changes nothing of the payment", () => {
    fc.assert(
      fc.property(someCase, fc.constantFrom("failed", "canceled", "expired"), (given, state) => {
        const made = underWay(given);
        fc.pre(made !== null);
        const { decision, charge, balance, scene } = made;
        const ended = {
          ...scene,
          holds: [],
          payment: paymentRecord({ ...scene.payment, state: state as "failed" }),
        };
        expect(decideSuccess(decision, ended, charge, "pi_1")).toBe(true);
        const { changes, fromStripe, toBalance, balance: after } = sumsOf(decision);
        expect([fromStripe, toBalance]).toEqual([charge.amountMinor, charge.amountMinor]);
        expect(after?.postedMinor).toBe(balance.postedMinor + charge.amountMinor);
        expect(after?.heldMinor).toBe(balance.heldMinor);
        expect([changes.paymentStates, changes.claimsRemoved, changes.allocations]).toEqual([[], [], []]);
        expect(changes.tasks.map(({ kind }) => kind)).toEqual(["late_success"]);
      }),
    );
  });

  it("whose charge is booked already books nothing", () => {
    const made = underWay({
      dues: [{ totalMinor: 900n, fate: { kind: "open" } }],
      availableMinor: 0n,
      otherHeldMinor: 0n,
    });
    if (!made) throw new Error("a card is charged");
    const scene = { ...made.scene, bookedCharges: [made.charge.id] };
    expect(decideSuccess(made.decision, scene, made.charge, "pi_1")).toBe(false);
    expect(made.decision.result().books).toEqual([]);
  });
});

describe("an end without success", () => {
  it("gives back every hold and claim, and leaves invoices and money as they were", () => {
    fc.assert(
      fc.property(
        someCase,
        fc.constantFrom("failed" as const, "canceled" as const, "expired" as const),
        (given, state) => {
          const made = underWay(given);
          fc.pre(made !== null);
          const { decision, scene, balance, plan, invoices } = made;
          decideEnd(decision, scene, state, "code");
          const { rows, changes, balance: after } = sumsOf(decision);
          expect(rows.every(({ kind }) => kind === "void")).toBe(true);
          expect(after?.postedMinor ?? balance.postedMinor).toBe(balance.postedMinor);
          expect(after?.heldMinor ?? balance.heldMinor).toBe(balance.heldMinor - plan.balanceMinor);
          expect(changes.invoiceStates).toEqual([]);
          expect(changes.claimsRemoved).toHaveLength(invoices.length);
          expect(changes.paymentStates).toMatchObject([{ from_state: "sent", state }]);
        },
      ),
    );
  });
});

it("an end leaves the claim of another payment on an invoice alone", () => {
  const claimedBy = "another" as PaymentId;
  const decision = decisionOver({ postedMinor: 0n, heldMinor: 0n });
  decision.see({ invoices: [invoiceRecord({ id: "0", claimedBy })], lines: [], services: [] });
  const shares = [{ invoiceId: "0" as InvoiceId, cardMinor: 1000n, balanceMinor: 0n }];
  const scene: PaymentScene = { payment: paymentRecord(), shares, holds: [], bookedCharges: [] };
  decideEnd(decision, scene, "failed", "code");
  expect(decision.result().changes.claimsRemoved).toEqual([]);
  expect(decision.invoice("0" as InvoiceId)?.claimedBy).toBe(claimedBy);
});

describe("money that arrives", () => {
  const someWaiting = fc.array(
    fc.record({
      service: fc.constantFrom("a", "b", "c"),
      totalMinor: fc.bigInt({ min: 1n, max: 100n }),
      isClaimed: fc.boolean(),
    }),
    { maxLength: 8 },
  );

  it("settles what it was begun from, with earlier terms, then auto-renew invoices, each in full or not", () => {
    fc.assert(
      fc.property(
        someWaiting,
        fc.bigInt({ min: 0n, max: 400n }),
        fc.subarray(["a", "b", "c"]),
        fc.nat({ max: 7 }),
        (waiting, availableMinor, automatic, begun) => {
          const months = new Map<string, number>();
          const invoices: InvoiceRecord[] = [];
          const lines = waiting.map(({ service, totalMinor, isClaimed }, at) => {
            const month = (months.get(service) ?? 0) + 1;
            months.set(service, month);
            const claimedBy = isClaimed ? ("other" as PaymentId) : null;
            invoices.push(
              invoiceRecord({ id: `${at}`, origin: "renewal", totalMinor, dueInDays: at, claimedBy }),
            );
            return renewalLine(`${at}`, service, month);
          });
          const services = ["a", "b", "c"].map((id) => serviceRecord(id, 1, automatic.includes(id)));
          const decision = decisionOver({ postedMinor: availableMinor, heldMinor: 0n });
          decision.see({ invoices, lines, services });
          settleWaiting(decision, "USD", [`${begun}` as InvoiceId]);

          const model = modelOf(waiting, availableMinor, automatic, begun);
          const { changes } = decision.result();
          expect(changes.invoiceStates.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(model.paid);
          expect(decision.book("USD").availableMinor).toBe(model.leftMinor);
          expect(changes.payments).toHaveLength(model.paid.length > 0 ? 1 : 0);
          expect(changes.terms).toHaveLength(model.paid.length);
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** The same in plain words: go through them in their order, pay what is next for its service and covered. */
function modelOf(
  waiting: readonly { service: string; totalMinor: bigint; isClaimed: boolean }[],
  availableMinor: bigint,
  automatic: readonly string[],
  begun: number,
): { paid: number[]; leftMinor: bigint } {
  const order = waiting.map((_, at) => at);
  const serviceOf = (at: number) => waiting[at]?.service ?? "";
  const comesWith = (at: number) => at <= begun && serviceOf(at) === serviceOf(begun);
  const chosen = [...order.filter(comesWith), ...order.filter((at) => !comesWith(at))].filter(
    (at) => comesWith(at) || automatic.includes(serviceOf(at)),
  );
  const paid = new Set<number>();
  let leftMinor = availableMinor;
  for (const at of chosen) {
    const one = waiting[at];
    if (!one || one.isClaimed || one.totalMinor > leftMinor) continue;
    const earlier = order.filter((other) => other < at && waiting[other]?.service === one.service);
    if (!earlier.every((other) => paid.has(other))) continue;
    paid.add(at);
    leftMinor -= one.totalMinor;
  }
  return { paid: [...paid].sort((a, b) => a - b), leftMinor };
}
