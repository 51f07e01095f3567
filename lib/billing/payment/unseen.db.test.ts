import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { payCombined, resumePayment } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import { giveBalance, makeCustomer, makeInvoice, plan, type TestCustomer } from "@/lib/testing/fixtures";
import { killBeforeStripe, type MortalProcesses, mortalProcesses } from "@/lib/testing/mortal-process";
import {
  balanceOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
  startDirect,
} from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { strike } from "@/lib/testing/unsure-faults";
import { pollPayments } from "./poll-payments";
import type { PaymentRef } from "./settle";

const minute = 60_000;

let world: StripeWorld;
let mortals: MortalProcesses;

beforeAll(async () => {
  world = await openStripeWorld();
  mortals = mortalProcesses(world);
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await mortals.close();
  await expectAllInOrder(world);
  await world.close();
});

/** Known to Stripe, with 800 of balance that a payment of 3000 is about to hold. */
async function payer() {
  const customer = await makeCustomer(world);
  const seed = await makeInvoice(world, customer, 60n);
  await startDirect(world, customer, [seed.id], { cardMinor: 60n });
  await giveBalance(world, customer, 800n);
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
  return { customer, input, payment: paymentRef(customer, input.paymentId) };
}

async function polledAfter(ms: number): Promise<void> {
  await pass(world, ms);
  await pollPayments(world, 1000);
}

async function statesAtStripe(paymentId: string) {
  const all = (await world.control.dump())["checkout.session"] ?? [];
  return all.filter((session) => session.client_reference_id === paymentId).map(({ status }) => status);
}

describe("a payment whose process died before Stripe was called", () => {
  it("ends after five minutes in which nobody came back, by what Stripe says of its page", async () => {
    const { customer, input, payment } = await payer();
    await killBeforeStripe(mortals, { act: "payCombined", actor: customer.actor, input });
    await polledAfter(minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "created", openHolds: 1 });
    expect(await statesAtStripe(payment.paymentId)).toEqual([]);
    await polledAfter(4 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", openHolds: 0, claims: 0 });
    expect(await statesAtStripe(payment.paymentId)).toEqual(["expired"]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 0n });
  });

  it("goes on if its customer comes back for it, and is not ended under their hands", async () => {
    const { customer, input, payment } = await payer();
    await killBeforeStripe(mortals, { act: "payCombined", actor: customer.actor, input });
    await polledAfter(minute);
    await pass(world, 2 * minute);
    expect(await resumePayment(customer.actor, payment, world)).toMatchObject({
      value: { kind: "redirect" },
    });
    await polledAfter(2 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", openHolds: 1 });
    expect(await statesAtStripe(payment.paymentId)).toEqual(["open"]);
  });

  it("keeps its hold while Stripe does not answer", async () => {
    const { customer, input, payment } = await payer();
    await killBeforeStripe(mortals, { act: "payCombined", actor: customer.actor, input });
    await world.control.fault({ kind: "lock_timeout", times: "until_cleared" });
    await polledAfter(minute);
    await polledAfter(4 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "unknown", openHolds: 1, claims: 1 });
  });
});

describe("a saved card whose bank asks, and whose process died before anybody was led there", () => {
  async function asked() {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer, "pm_card_authenticationRequired");
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const chosen = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
    const input = { ...chosen, useBalance: "800", cardId: card.id };
    const payment = paymentRef(customer, input.paymentId);
    return { customer, input, payment };
  }

  it("ends after five minutes in which nobody came back", async () => {
    const { customer, input, payment } = await asked();
    await killBeforeStripe(mortals, { act: "payCombined", actor: customer.actor, input });
    await polledAfter(minute);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "requires_action", openHolds: 1 });
    await polledAfter(4 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", openHolds: 0, claims: 0 });
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 0n });
  });

  it("ends too where Stripe had heard, and its event was faster than anybody's look", async () => {
    const { customer, input, payment } = await asked();
    await strike(world, "drop_after", { method: "POST", path: "/v1/payment_intents" });
    await payCombined(customer.actor, input, world);
    await calm(world);
    expect(await factsOf(world, payment)).toMatchObject({ state: "requires_action", openHolds: 1 });
    await polledAfter(minute);
    await polledAfter(4 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", openHolds: 0, claims: 0 });
  });

  it.each([
    ["pays again", (c: TestCustomer, p: PaymentRef) => resumePayment(c.actor, p, world)],
    ["opens its page", (c: TestCustomer, p: PaymentRef) => paymentOutcome(c.actor, p.paymentId, world)],
  ] as const)("waits for the bank's answer where its customer %s", async (_, comeBack) => {
    const { customer, input, payment } = await asked();
    await killBeforeStripe(mortals, { act: "payCombined", actor: customer.actor, input });
    await polledAfter(minute);
    await comeBack(customer, payment);
    await polledAfter(4 * minute);
    await polledAfter(25 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "requires_action", openHolds: 1 });
    const [row] = await world.owner`
      select stripe_payment_intent_id as id from payments where id = ${payment.paymentId}`;
    await world.control.authenticate(row?.id, "approve");
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
  });

  it("is booked at the first look where the card was charged without a question", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    const invoice = await makeInvoice(world, customer, 2200n);
    const input = { ...plan(world, [invoice.id], { cardMinor: 2200n }), cardId: card.id };
    await killBeforeStripe(mortals, { act: "payDirect", actor: customer.actor, input });
    await polledAfter(minute);
    const payment = paymentRef(customer, input.paymentId);
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", charges: 1 });
  });
});

describe("an error that Stripe remembers under the key", () => {
  it.each([
    ["error_500", "failed"],
    ["error_500_after", "expired"],
  ] as const)("%s: decided when its page would have expired, not a day later", async (kind, state) => {
    const { customer, input, payment } = await payer();
    await world.control.dropWebhooks();
    await strike(world, kind, { method: "POST", path: "/v1/checkout/sessions" });
    await payCombined(customer.actor, input, world);
    await polledAfter(minute);
    await polledAfter(4 * minute);
    await polledAfter(25 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "unknown", openHolds: 1, claims: 1 });
    await polledAfter(16 * minute);
    expect(await factsOf(world, payment)).toMatchObject({
      state,
      openHolds: 0,
      claims: 0,
      invoices: ["open"],
    });
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 0n });
  });
});
