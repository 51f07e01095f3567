import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { giveBalance, makeActiveService, makeCustomer, makePlan, makeRenewal } from "@/lib/testing/fixtures";
import {
  expectAllInOrder,
  expectBooksBalance,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { showRenewNow } from "./renew-now";
import { showOverview } from "./show-overview";
import { showRunways } from "./show-runway";
import { showService } from "./show-service";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

/** A service that renews automatically, its renewal of 20.00 open, and 3.20 on the balance. */
async function shortOfRenewal() {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: 2000n } });
  const serviceId = await makeActiveService(world, customer, planId, true);
  const invoice = await makeRenewal(world, customer, serviceId);
  await giveBalance(world, customer, 320n);
  return { customer, serviceId, invoice };
}

it("a checkout that was left unfinished leaves the balance as short as it was", async () => {
  const { customer, invoice } = await shortOfRenewal();
  const short = async () => (await showRunways(customer.actor, world))[0]?.short;
  const before = await short();
  expect(before).toMatchObject({ invoiceNumber: invoice.number, by: { minor: 1680n } });
  await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
  expect(await short()).toEqual(before);
});

it("what it holds of the balance is counted: it is there again once the checkout ends", async () => {
  const { customer, invoice } = await shortOfRenewal();
  await startCombined(world, customer, [invoice.id], { balanceMinor: 320n, cardMinor: 1680n });
  expect((await showRunways(customer.actor, world))[0]?.short).toMatchObject({ by: { minor: 1680n } });
});

it("a payment that the bank works on is on its way: the renewal is named, and nothing is short", async () => {
  const { customer, serviceId, invoice } = await shortOfRenewal();
  const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
  await world.owner`update payments set state = 'processing' where id = ${payment.paymentId}`;
  const { runways, nextRenewals } = await showOverview(customer.actor, world);
  expect(runways).toEqual([]);
  const [service] = await world.owner`select label, expires_at from services where id = ${serviceId}`;
  expect(nextRenewals).toEqual([
    { currency: "USD", label: service?.label, at: service?.expires_at, isBeingPaid: true },
  ]);
  // Nor is renewing now offered: there is nothing else to pay.
  const renewing = { serviceId, terms: 1 };
  expect((await showService(customer.actor, serviceId, world))?.canRenew).toBe(false);
  const refusal = { code: "renewal_being_paid" };
  expect(await showRenewNow(customer.actor, renewing, world)).toEqual({ ok: false, refusal });
  await world.owner`update payments set state = 'sent' where id = ${payment.paymentId}`;
  expect((await showService(customer.actor, serviceId, world))?.canRenew).toBe(true);
  expect(await showRenewNow(customer.actor, renewing, world)).toMatchObject({ ok: true });
});
