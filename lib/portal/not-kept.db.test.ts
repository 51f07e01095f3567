import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import { expectBooksBalance, factsOf, ledToStripe } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { listCards } from "./list-cards";
import { lastNotKept } from "./not-kept";
import { payDirect } from "./pay";
import { paymentOutcome } from "./payment-outcome";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(() => world.close());

async function ticked(savesCard = true) {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), ...(savesCard && { savesCard: true }) };
  return ledToStripe(world, customer, await payDirect(customer.actor, input, world));
}

it("a ticked payment that ended as Link is paid, keeps nothing, and says so until a card is saved", async () => {
  const payment = await ticked();
  const { actor } = payment.customer;
  await world.control.pay(payment.sessionId, { method: "link", inPlaceOfCard: true });
  expect(await paymentOutcome(actor, payment.paymentId, world)).toMatchObject({
    kind: "paid",
    notKept: "link",
  });
  await world.control.webhooksIdle();
  expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", charges: 1 });
  expect((await listCards(actor, world)).cards).toEqual([]);
  expect(await lastNotKept(actor, world)).toBe("link");
  world.clock.advance(1000);
  await saveCard(world, payment.customer);
  expect(await lastNotKept(actor, world)).toBeNull();
  expect((await listCards(actor, world)).cards).toHaveLength(1);
});

it("is told for thirty days", async () => {
  const payment = await ticked();
  await world.control.pay(payment.sessionId, { method: "link", inPlaceOfCard: true });
  await world.control.webhooksIdle();
  await pass(world, 31 * 86_400_000);
  expect(await lastNotKept(payment.customer.actor, world)).toBeNull();
});

it.each([
  ["kept a card", true, {}],
  ["was not to keep anything", false, { method: "link", inPlaceOfCard: true }],
] as const)("nothing is said of one that %s", async (_, saves, order) => {
  const payment = await ticked(saves);
  const { actor } = payment.customer;
  await world.control.pay(payment.sessionId, order);
  expect(await paymentOutcome(actor, payment.paymentId, world)).toMatchObject({
    kind: "paid",
    notKept: null,
  });
  await world.control.webhooksIdle();
  expect(await lastNotKept(actor, world)).toBeNull();
});
