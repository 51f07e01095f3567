import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PayInput } from "@/lib/portal/pay";
import { payCombined, payFromBalance, resumePayment } from "@/lib/portal/pay";
import {
  balancePlan,
  giveBalance,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { holdRows, holdTable } from "@/lib/testing/held-lock";
import {
  killBeforeStripe,
  loseConnections,
  type MortalProcesses,
  mortalProcesses,
  untilEnded,
} from "@/lib/testing/mortal-process";
import {
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  paymentRef,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { pollPayments } from "./poll-payments";

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

const hour = 3_600_000;
const paidOnce = {
  state: "succeeded",
  charges: 1,
  terms: 1,
  claims: 0,
  openHolds: 0,
  fromStripe: 2200n,
  fromHolds: 800n,
  allocated: 3000n,
  invoices: ["paid"],
};
const stored = { claims: 1, openHolds: 1, charges: 0, invoices: ["open"] };
const released = { claims: 0, openHolds: 0, charges: 0, invoices: ["open"] };

/** Known to Stripe, with 800 of balance and an order of 3000 to pay. */
async function payer(): Promise<{ customer: TestCustomer; input: PayInput; orderId: string }> {
  const customer = await makeCustomer(world);
  const seed = await makeInvoice(world, customer, 60n);
  await startDirect(world, customer, [seed.id], { cardMinor: 60n });
  const planId = await makePlan(world, { price: { USD: 3000n } });
  const { invoice } = await makeOrder(world, customer, planId);
  await giveBalance(world, customer, 800n);
  const input = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
  return { customer, input, orderId: invoice.id };
}

async function sessionsOf(paymentId: string) {
  const all = (await world.control.dump())["checkout.session"] ?? [];
  return all.filter((session) => session.client_reference_id === paymentId);
}

/** The customer comes back for the payment and finds its one page; it is paid there, and settled once. */
async function recoverAndPay(customer: TestCustomer, paymentId: string): Promise<void> {
  await expectBooksBalance(world);
  await pass(world, 61_000);
  await pollPayments(world, 1000);
  expect(await resumePayment(customer.actor, { paymentId }, world)).toMatchObject({
    value: { kind: "redirect" },
  });
  const [session, ...others] = await sessionsOf(paymentId);
  expect(others).toEqual([]);
  await world.control.pay(session?.id as string);
  await world.control.webhooksIdle();
  expect(await factsOf(world, paymentRef(customer, paymentId))).toMatchObject(paidOnce);
}

describe("a process killed while it starts a payment", () => {
  it("before its call reaches Stripe: sent again under the same key, and paid once", async () => {
    const { customer, input } = await payer();
    await killBeforeStripe(mortals, { act: "payCombined", actor: customer.actor, input });
    expect(await factsOf(world, paymentRef(customer, input.paymentId))).toMatchObject({
      ...stored,
      state: "created",
    });
    expect(await sessionsOf(input.paymentId)).toEqual([]);
    await recoverAndPay(customer, input.paymentId);
  });

  it("before its call reaches Stripe, and nobody asks for a day: looked up, failed, everything released", async () => {
    const { customer, input } = await payer();
    await killBeforeStripe(mortals, { act: "payCombined", actor: customer.actor, input });
    await pass(world, 25 * hour);
    await pollPayments(world, 1000);
    const facts = await factsOf(world, paymentRef(customer, input.paymentId));
    expect(facts).toMatchObject({ ...released, state: "failed", failureCode: "never_created" });
  });

  it("while Stripe works on it: the page made after its death is the one that is paid", async () => {
    const { customer, input } = await payer();
    await world.control.fault({ kind: "hang_before", method: "POST", path: "/v1/checkout/sessions" });
    const child = await mortals.start({ act: "payCombined", actor: customer.actor, input });
    await world.control.untilHanging(1);
    await child.kill();
    await world.control.releaseHangs();
    expect(await sessionsOf(input.paymentId)).toHaveLength(1);
    await recoverAndPay(customer, input.paymentId);
  });

  it("after Stripe has committed, before we stored it: the webhook alone settles it", async () => {
    const { customer, input } = await payer();
    await world.control.fault({ kind: "hang_after", method: "POST", path: "/v1/checkout/sessions" });
    const child = await mortals.start({ act: "payCombined", actor: customer.actor, input });
    await world.control.untilHanging(1);
    await child.kill();
    await world.control.releaseHangs();
    await expectBooksBalance(world);
    const [session] = await sessionsOf(input.paymentId);
    await world.control.pay(session?.id as string);
    await world.control.webhooksIdle();
    expect(await factsOf(world, paymentRef(customer, input.paymentId))).toMatchObject(paidOnce);
  });

  it("while it stores what Stripe answered: the customer goes on with the same payment", async () => {
    const { customer, input } = await payer();
    await world.control.fault({ kind: "hang_after", method: "POST", path: "/v1/checkout/sessions" });
    const child = await mortals.start({ act: "payCombined", actor: customer.actor, input });
    await world.control.untilHanging(1);
    const lock = await holdRows(world, "payments", customer.customerId);
    await world.control.releaseHangs();
    const pids = await lock.untilAwaited();
    await child.kill();
    await loseConnections(world, pids);
    await lock.release();
    expect(await factsOf(world, paymentRef(customer, input.paymentId))).toMatchObject({
      ...stored,
      state: "created",
    });
    const payment = await ledToStripe(world, customer, await payCombined(customer.actor, input, world));
    expect(await sessionsOf(input.paymentId)).toMatchObject([{ id: payment.sessionId }]);
    await recoverAndPay(customer, input.paymentId);
  });
});

describe("a process killed while it settles", () => {
  it.each(["transfers", "invoices", "terms"])(
    "machine and all, at its %s: nothing is there, then all is",
    async (table) => {
      const payment = await paidAtStripe();
      const lock = await holdTable(world, table);
      const child = await mortals.start({ act: "settle", ref: payment });
      const pids = await lock.untilAwaited();
      await child.kill();
      await loseConnections(world, pids);
      await lock.release();
      expect(await factsOf(world, payment)).toMatchObject({ ...stored, state: "sent" });
      await expectBooksBalance(world);
      await pass(world, 61_000);
      await pollPayments(world, 1000);
      expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    },
  );

  it.each(["balances", "transfers"])(
    "at its %s, while the database lives: whole or absent, and settled once",
    async (table) => {
      const payment = await paidAtStripe();
      const lock = await holdTable(world, table, "exclusive");
      const child = await mortals.start({ act: "settle", ref: payment });
      const pids = await lock.untilAwaited();
      await child.kill();
      await lock.release();
      await untilEnded(world, pids);
      const { state } = await factsOf(world, payment);
      const expected = state === "succeeded" ? paidOnce : { ...stored, state: "sent" };
      expect(await factsOf(world, payment)).toMatchObject(expected);
      await expectBooksBalance(world);
      await world.control.deliverWebhooks();
      await world.control.webhooksIdle();
      expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    },
  );

  it("after the settlement, before its event is done: the event comes again and finds nothing to do", async () => {
    world.endpoint.mode = "record";
    const payment = await paidAtStripe();
    await world.control.deliverWebhooks();
    await world.control.webhooksIdle();
    const [event] = await world.owner`
      select event_id from event_runs r join stripe_events e on e.id = r.event_id
      where r.state = 'waiting' and e.type = 'checkout.session.completed'`;
    await world.control.fault({ kind: "hang_before", method: "GET", path: "/v1/checkout/sessions" });
    const child = await mortals.start({ act: "processEvent", eventId: event?.event_id });
    await world.control.untilHanging(1);
    const lock = await holdTable(world, "event_runs");
    await world.control.releaseHangs();
    const pids = await lock.untilAwaited();
    await child.kill();
    await loseConnections(world, pids);
    await lock.release();
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
    await pass(world, 61_000);
    await processWaitingEvents(world, 1000);
    const runs =
      await world.owner`select state, attempts from event_runs where event_id = ${event?.event_id}`;
    expect(runs.map((run) => ({ ...run }))).toEqual([{ state: "done", attempts: 2 }]);
    expect(await factsOf(world, payment)).toMatchObject(paidOnce);
  });
});

describe("a process killed while it pays from the balance", () => {
  it("has paid nothing; the same click again pays once", async () => {
    const { customer, orderId } = await payer();
    await giveBalance(world, customer, 2200n);
    const input = balancePlan(world, [orderId], 3000n);
    const lock = await holdTable(world, "terms");
    const child = await mortals.start({ act: "payFromBalance", actor: customer.actor, input });
    const pids = await lock.untilAwaited();
    await child.kill();
    await loseConnections(world, pids);
    await lock.release();
    const ref = paymentRef(customer, input.paymentId);
    expect(await factsOf(world, ref)).toMatchObject({ state: undefined, allocated: 0n });
    expect(await payFromBalance(customer.actor, input, world)).toMatchObject({ ok: true });
    expect(await payFromBalance(customer.actor, input, world)).toMatchObject({ ok: true });
    expect(await factsOf(world, ref)).toMatchObject({ state: "succeeded", allocated: 3000n, terms: 1 });
  });
});

/** Paid at Stripe, its webhooks held back: nobody here knows yet. */
async function paidAtStripe() {
  const { customer, input } = await payer();
  await world.control.holdWebhooks();
  const payment = await startCombined(world, customer, input.invoiceIds as never, {
    balanceMinor: 800n,
    cardMinor: 2200n,
  });
  await world.control.pay(payment.sessionId);
  return payment;
}
