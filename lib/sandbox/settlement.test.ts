import { afterEach, describe, expect, test } from "vitest";
import { currencyRules, leastCharge } from "@/lib/sandbox/objects/amounts";
import { converted, inEachCurrency, settlesInOf } from "@/lib/sandbox/objects/settlement";
import { refusalOf, sessionFor, startTestSandbox, type TestSandbox } from "@/lib/sandbox/test-sandbox";

let local: TestSandbox;
afterEach(() => local?.close());

async function settlingIn(settlesIn?: string): Promise<{ customer: string }> {
  local = await startTestSandbox(settlesIn === undefined ? {} : { settlesIn });
  return { customer: (await local.stripe.customers.create({})).id };
}

async function charged(customer: string, amount: number, currency: string) {
  const intent = await local.stripe.paymentIntents.create({
    amount,
    currency,
    customer,
    payment_method: "pm_card_visa",
    allowed_payment_method_types: ["card"],
    confirm: true,
  });
  await local.control.advance(60_000);
  const charge = await local.stripe.charges.retrieve(String(intent.latest_charge), {
    expand: ["balance_transaction"],
  });
  if (!charge.balance_transaction || typeof charge.balance_transaction === "string")
    throw new Error("unsettled");
  return { charge, moved: charge.balance_transaction };
}

describe("what is charged settles in the host's currency", () => {
  test("in itself where there is a bank account for it", async () => {
    const { customer } = await settlingIn();
    const { moved } = await charged(customer, 2000, "eur");
    expect(moved).toMatchObject({ amount: 2000, currency: "eur", exchange_rate: null, fee: 88 });
  });

  test("converted into the first account's otherwise, the fee as well, at a rate that is told", async () => {
    const { customer } = await settlingIn("jpy,usd");
    expect((await charged(customer, 2000, "usd")).moved.currency).toBe("usd");
    const { moved } = await charged(customer, 2000, "eur");
    expect(moved.currency).toBe("jpy");
    expect(moved.amount / 3527).toBeCloseTo(1, 2);
    expect(moved.exchange_rate).toBeCloseTo(moved.amount / 20, 1);
    expect(moved.fee).toBe(Math.floor((moved.amount * 29 + 500) / 1000) + 30);
    expect(moved.net).toBe(moved.amount - moved.fee);
  });

  test("what goes back is converted at the rate of its day", async () => {
    const { customer } = await settlingIn("jpy");
    // Large enough that two days' rates never round to the same yen, whichever day it is.
    const { charge, moved } = await charged(customer, 2_000_000, "eur");
    await local.control.advance(5 * 86_400_000);
    const refund = await local.stripe.refunds.create({ charge: charge.id, expand: ["balance_transaction"] });
    await local.control.advance(60_000);
    const { balance_transaction: back } = await local.stripe.refunds.retrieve(refund.id, {
      expand: ["balance_transaction"],
    });
    if (!back || typeof back === "string") throw new Error("unsettled");
    expect(back.currency).toBe("jpy");
    expect(back.amount).not.toBe(-moved.amount);
    expect(-back.amount / moved.amount).toBeCloseTo(1, 1);
  });

  test("a dispute as well, with its fee in that currency", async () => {
    const { customer } = await settlingIn("gbp");
    const { charge } = await charged(customer, 2000, "usd");
    const { id } = await local.control.dispute(charge.id);
    const [taken] = (await local.stripe.disputes.retrieve(id)).balance_transactions;
    expect(taken).toMatchObject({ currency: "gbp", fee: 1125 });
  });

  test("the account and its balance say which", async () => {
    const { customer } = await settlingIn("eur");
    await charged(customer, 2000, "usd");
    expect((await local.stripe.accounts.retrieveCurrent()).default_currency).toBe("eur");
    const { available, pending } = await local.stripe.balance.retrieve();
    expect(available.map(({ currency }) => currency)).toEqual(["eur"]);
    expect(pending[0]?.amount).toBeGreaterThan(1500);
  });

  test("a currency that Stripe does not settle in is refused", () => {
    expect(() => settlesInOf("vnd")).toThrow("not in vnd");
    expect(() => settlesInOf(" ")).toThrow("Name a currency");
  });
});

describe("the smallest charge follows the settlement currency", () => {
  const least = (settlesIn: string, currency: string) =>
    leastCharge(settlesInOf(settlesIn), currency).minimumMinor;

  test("50 yen are too little where they become dollars, and 0.50 dollars where they become Hong Kong dollars", async () => {
    const { customer } = await settlingIn("usd");
    const refused = await refusalOf(
      local.stripe.checkout.sessions.create(sessionFor(customer, { amount: 50, in: "jpy" })),
    );
    expect(refused).toMatchObject({ code: "amount_too_small", statusCode: 400 });
    expect(refused.message).toMatch(
      /must convert to at least 50 .*50 jpy converts to approximately 0.33 usd/,
    );
    expect(least("usd", "jpy")).toBe(76);
    expect(least("jpy", "jpy")).toBe(50);
    expect(least("hkd", "usd")).toBeGreaterThan(50);
    expect(least("gbp", "gbp")).toBe(30);
  });

  test.each(["usd", "eur", "jpy", "hkd", "huf"])(
    "is the least that is taken, settling in %s",
    async (settled) => {
      const { customer } = await settlingIn(settled);
      const pay = (amount: number, currency: string) =>
        local.stripe.checkout.sessions.create(sessionFor(customer, { amount, in: currency }));
      for (const currency of Object.keys(currencyRules)) {
        const { minimumMinor, stepMinor } = leastCharge(settlesInOf(settled), currency);
        expect((await pay(minimumMinor, currency)).status, currency).toBe("open");
        expect((await refusalOf(pay(minimumMinor - stepMinor, currency))).code, currency).toBe(
          "amount_too_small",
        );
      }
    },
  );
});

describe("conversion", () => {
  test("is exact where nothing is converted, and the same both ways up to rounding", () => {
    for (const currency of inEachCurrency) {
      expect(converted(99_999_999, currency, currency, 12)).toBe(99_999_999);
      const there = converted(1_000_000, "usd", currency);
      expect(Math.abs(converted(there, currency, "usd") - 1_000_000)).toBeLessThanOrEqual(100);
      expect(converted(-1_000_000, "usd", currency)).toBe(-there);
    }
  });
});
