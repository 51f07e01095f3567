import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ChargeLimitBook } from "@/lib/gateway/charge-limits";
import { type ChargeLimits, chargeable } from "@/lib/gateway/port";
import type { InvoiceId } from "@/lib/kernel/id";
import { type Currency, currencies } from "@/lib/kernel/money";
import { leastCharge } from "@/lib/sandbox/objects/amounts";
import { inEachCurrency } from "@/lib/sandbox/objects/settlement";
import { type BalanceWish, type PaymentPlan, planPayment } from "./plan";

const everyCurrency = Object.keys(currencies) as Currency[];

const someInvoices = (most: bigint) =>
  fc
    .array(fc.bigInt({ min: 1n, max: most }), { minLength: 1, maxLength: 6 })
    .map((amounts) =>
      amounts.map((remainingMinor, at) => ({ id: `invoice-${at}` as InvoiceId, remainingMinor })),
    );
const someWish = (most: bigint) =>
  fc.oneof(fc.constant("none" as const), fc.constant("all" as const), fc.bigInt({ min: 0n, max: most }));

const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const isChargeable = (minor: bigint, { minimumMinor, stepMinor }: ChargeLimits) =>
  minor >= minimumMinor && minor % stepMinor === 0n;

/** Everything that a plan must be, whatever it is planned from. */
function expectSound(
  plan: PaymentPlan,
  invoices: readonly { id: InvoiceId; remainingMinor: bigint }[],
  { available, wish, limits }: { available: bigint; wish: BalanceWish; limits: ChargeLimits },
): void {
  const due = sum(invoices.map(({ remainingMinor }) => remainingMinor));
  const { shares, balanceMinor, cardMinor, excessMinor } = plan;
  expect(shares.map(({ invoiceId }) => invoiceId)).toEqual(invoices.map(({ id }) => id));
  for (const [at, share] of shares.entries()) {
    expect(share.balanceMinor >= 0n && share.cardMinor >= 0n).toBe(true);
    expect(share.balanceMinor + share.cardMinor).toBe(invoices[at]?.remainingMinor);
  }
  expect(sum(shares.map((share) => share.balanceMinor))).toBe(balanceMinor);
  expect(sum(shares.map((share) => share.cardMinor)) + excessMinor).toBe(cardMinor);
  expect(balanceMinor + cardMinor).toBe(due + excessMinor);
  expect(balanceMinor <= available).toBe(true);
  expect(wish === "all" || balanceMinor <= (wish === "none" ? 0n : wish)).toBe(true);
  expect(cardMinor === 0n || isChargeable(cardMinor, limits)).toBe(true);
  // Nobody pays more than is due while there is balance that could have been left out instead.
  expect(excessMinor === 0n || balanceMinor === 0n).toBe(true);
  const funding = cardMinor === 0n ? "balance" : balanceMinor === 0n ? "card" : "combined";
  expect(plan.funding).toBe(funding);
  // Card money is laid on the first invoices: one of them at most is paid from both.
  const mixed = shares.filter((share) => share.balanceMinor > 0n && share.cardMinor > 0n);
  expect(mixed.length).toBeLessThanOrEqual(1);
}

const chargeLimits = (currency: Currency) => new ChargeLimitBook().of(currency);

describe("a plan of who pays what from what", () => {
  it("adds up exactly and respects balance, wish and what Stripe can charge, in every currency", () => {
    fc.assert(
      fc.property(
        someInvoices(5_000_000n),
        fc.bigInt({ min: 0n, max: 20_000_000n }),
        someWish(20_000_000n),
        fc.constantFrom(...everyCurrency),
        (invoices, available, wish, currency) => {
          const limits = chargeLimits(currency);
          const planned = planPayment(invoices, available, wish, limits);
          if (typeof wish === "bigint" && wish > available) {
            const due = invoices.reduce((sum, { remainingMinor }) => sum + remainingMinor, 0n);
            const most = available < due ? available : due;
            const refusal = { code: "amount_too_large", availableMinor: most };
            expect(planned).toEqual({ ok: false, refusal });
            return;
          }
          if (!planned.ok) throw new Error("what is due can be planned");
          expectSound(planned.plan, invoices, { available, wish, limits });
        },
      ),
    );
  });

  it("is the best there is: least excess, then most balance (by trying everything)", () => {
    fc.assert(
      fc.property(
        someInvoices(12n),
        fc.bigInt({ min: 0n, max: 40n }),
        someWish(40n),
        fc.bigInt({ min: 1n, max: 9n }),
        fc.constantFrom(1n, 2n, 5n, 10n),
        (invoices, available, wish, minimumMinor, stepMinor) => {
          const limits = { minimumMinor, stepMinor, maximumMinor: 99_999_999n };
          const planned = planPayment(invoices, available, wish, limits);
          const wished = wish === "none" ? 0n : wish === "all" ? available : wish;
          fc.pre(wished <= available);
          if (!planned.ok) throw new Error("what is due can be planned");
          const { balanceMinor, cardMinor, excessMinor } = planned.plan;
          const due = sum(invoices.map(({ remainingMinor }) => remainingMinor));
          expect({ balanceMinor, cardMinor, excessMinor }).toEqual(bestOf(due, wished, limits));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("uses all that is available, or what is wished, where Stripe can charge the rest", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 51n, max: 10_000n }), fc.bigInt({ min: 1n, max: 9_000n }), (due, wish) => {
        fc.pre(due - wish >= 50n);
        const invoices = [{ id: "one" as InvoiceId, remainingMinor: due }];
        const planned = planPayment(invoices, 20_000n, wish, chargeLimits("USD"));
        expect(planned).toMatchObject({ ok: true, plan: { balanceMinor: wish, cardMinor: due - wish } });
      }),
    );
  });

  it.each<[string, Currency, due: bigint, available: bigint, PaymentPlan["funding"], bigint, bigint, bigint]>(
    [
      ["less than the minimum is left: less balance is used", "USD", 1000n, 980n, "combined", 950n, 50n, 0n],
      ["less than the minimum is due: the minimum is charged", "USD", 20n, 0n, "card", 0n, 50n, 30n],
      ["yen have no smaller unit", "JPY", 120n, 100n, "combined", 70n, 50n, 0n],
      ["dinar amounts end in 0: raised by less balance", "KWD", 1234n, 500n, "combined", 494n, 740n, 0n],
      ["dinar amounts end in 0: raised to an excess", "KWD", 1234n, 0n, "card", 0n, 1240n, 6n],
      ["the balance covers all", "USD", 20n, 20n, "balance", 20n, 0n, 0n],
    ],
  )("%s", (_, currency, due, available, funding, balanceMinor, cardMinor, excessMinor) => {
    const planned = planPayment(
      [{ id: "one" as InvoiceId, remainingMinor: due }],
      available,
      "all",
      chargeLimits(currency),
    );
    expect(planned).toMatchObject({ ok: true, plan: { funding, balanceMinor, cardMinor, excessMinor } });
  });

  it("refuses what has nothing due, and a wish that is negative or larger than what is available", () => {
    const one = [{ id: "one" as InvoiceId, remainingMinor: 100n }];
    const limits = chargeLimits("USD");
    expect(planPayment([], 100n, "all", limits)).toEqual({ ok: false, refusal: { code: "nothing_due" } });
    expect(planPayment(one, 10n, -1n, limits)).toMatchObject({ ok: false });
    expect(planPayment(one, 10n, 11n, limits)).toMatchObject({ ok: false });
    expect(planPayment(one, -5n, "all", limits)).toMatchObject({ ok: true, plan: { balanceMinor: 0n } });
  });
});

describe("what Stripe can charge", () => {
  it.each(everyCurrency)(
    "in %s is never less than the local Stripe's minimum, and on its steps",
    (currency) => {
      const limits = chargeLimits(currency);
      const least = leastCharge(inEachCurrency, currency.toLowerCase());
      expect(Number(limits.minimumMinor)).toBeGreaterThanOrEqual(least.minimumMinor);
      expect(Number(limits.stepMinor) % least.stepMinor).toBe(0);
      expect(isChargeable(limits.minimumMinor, limits)).toBe(true);
    },
  );

  it("is the least amount not below what is asked", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 200n }),
        fc.bigInt({ min: 1n, max: 60n }),
        fc.constantFrom(1n, 10n),
        (asked, minimumMinor, stepMinor) => {
          const limits = { minimumMinor, stepMinor, maximumMinor: 99_999_999n };
          const given = chargeable(asked, limits);
          let least = asked;
          while (!isChargeable(least, limits)) least += 1n;
          expect(given).toBe(least);
        },
      ),
    );
  });
});

/** Tries every way to pay: least excess first, then the most from the balance. */
function bestOf(due: bigint, wished: bigint, limits: ChargeLimits) {
  if (wished >= due) return { balanceMinor: due, cardMinor: 0n, excessMinor: 0n };
  const ways = [];
  for (let balanceMinor = 0n; balanceMinor <= wished; balanceMinor += 1n) {
    for (let cardMinor = 1n; cardMinor <= due + limits.minimumMinor + limits.stepMinor; cardMinor += 1n) {
      const excessMinor = balanceMinor + cardMinor - due;
      if (excessMinor >= 0n && isChargeable(cardMinor, limits)) {
        ways.push({ balanceMinor, cardMinor, excessMinor });
      }
    }
  }
  const difference = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
  ways.sort((a, b) => difference(a.excessMinor, b.excessMinor) || difference(b.balanceMinor, a.balanceMinor));
  return ways[0];
}
