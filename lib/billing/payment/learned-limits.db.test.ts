import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Gateway } from "@/lib/gateway/port";
import { payDirect } from "@/lib/portal/pay";
import { makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import { expectBooksBalance, factsOf, paymentRef } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { localGateway } from "@/lib/testing/world";
import { readLimits } from "./learned-limits";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
  await world.owner`delete from charge_limits`;
});

afterAll(() => world.close());

/** Another process, on the same database and the same Stripe. */
function another(): StripeWorld {
  return seenBy(world, { gateway: localGateway(world.stripeUrl, { timeoutMs: 30_000 }) });
}

/** One that does not know yet how little Stripe charges. */
function believingLess(): StripeWorld {
  const one = another();
  const chargeLimits: Gateway["chargeLimits"] = (currency) => ({
    ...one.gateway.chargeLimits(currency),
    minimumMinor: 1n,
  });
  return seenBy(one, { gateway: { ...one.gateway, chargeLimits } });
}

async function refusedFor(minor: bigint, by: "page" | "card", where: StripeWorld) {
  const customer = await makeCustomer(world);
  const card = by === "card" ? await saveCard(world, customer) : null;
  const invoice = await makeInvoice(world, customer, minor);
  const input = { ...plan(where, [invoice.id], { cardMinor: minor }), ...(card ? { cardId: card.id } : {}) };
  expect(await payDirect(customer.actor, input, where)).toEqual({
    ok: false,
    refusal: { code: "amount_not_charged" },
  });
  expect(await factsOf(world, paymentRef(customer, input.paymentId))).toMatchObject({ state: "failed" });
}

it.each(["page", "card"] as const)(
  "what Stripe refused one process by %s is known to the others, and to those that start later",
  async (by) => {
    const [one, running] = [believingLess(), another()];
    await refusedFor(40n, by, one);
    expect(one.gateway.learnedLimits()).toEqual([{ currency: "USD", leastMinor: 80n, mostMinor: null }]);
    const started = another();
    for (const process of [running, started]) {
      expect(process.gateway.chargeLimits("USD").minimumMinor).toBe(50n);
      await readLimits(process);
      expect(process.gateway.chargeLimits("USD").minimumMinor).toBe(80n);
    }
  },
);

it("of two processes that learn at once the stricter holds for both", async () => {
  const [one, other] = [believingLess(), believingLess()];
  await Promise.all([refusedFor(40n, "page", one), refusedFor(30n, "page", other)]);
  const [row] = await world.owner`select least_minor from charge_limits where currency = 'USD'`;
  expect(row?.least_minor).toBe(80n);
  for (const process of [one, other]) {
    await readLimits(process);
    expect(process.gateway.learnedLimits()).toMatchObject([{ leastMinor: 80n }]);
  }
});

it("what was learned long ago no longer counts, and gives way to what is learned next", async () => {
  await refusedFor(45n, "page", believingLess());
  await pass(world, 91 * 86_400_000);
  const late = another();
  await readLimits(late);
  expect(late.gateway.learnedLimits()).toEqual([]);
  await refusedFor(30n, "page", believingLess());
  await readLimits(late);
  expect(late.gateway.learnedLimits()).toMatchObject([{ leastMinor: 60n }]);
});
