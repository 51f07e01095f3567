import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { syncPayment } from "@/lib/admin/sync-payment";
import type { StaffWorld } from "@/lib/admin/world";
import { pollPayments } from "@/lib/billing/payment/poll-payments";
import { settle } from "@/lib/billing/payment/settle";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { type HeldLock, holdTable } from "@/lib/testing/held-lock";
import {
  type AtStripe,
  balanceOf,
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { voidInvoiceBehindItsClaim } from "@/lib/testing/void-invoice";
import { abandonPayment, payCombined, payDirect, payFromBalance } from "./pay";
import { paymentOutcome } from "./payment-outcome";
import { previewPlan } from "./preview-plan";

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

const minute = 60_000;

/** A payment of 3000 at Stripe, 800 of it held, for a service's next term. */
async function renewalAtStripe(): Promise<AtStripe & { serviceId: string }> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: 3000n } });
  const serviceId = await makeActiveService(world, customer, planId);
  const renewal = await makeRenewal(world, customer, serviceId);
  await giveBalance(world, customer, 800n);
  const payment = await startCombined(world, customer, [renewal.id], {
    balanceMinor: 800n,
    cardMinor: 2200n,
  });
  return { ...payment, serviceId };
}

async function unlocked<T>(lock: HeldLock, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } finally {
    await lock.release();
  }
}

describe("Paying 6: webhook, return page, poller and staff call one settle", () => {
  it("the first one wins, the others find nothing to do", async () => {
    const payment = await renewalAtStripe();
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    world.clock.advance(61_000);
    const staff = { userId: payment.customer.actor.userId, role: "support" };
    const bySync = syncPayment(staff as never, payment, world as unknown as StaffWorld);
    const [, polled, seen, synced] = await Promise.all([
      world.control.releaseWebhooks(),
      pollPayments(world, 1000),
      paymentOutcome(payment.customer.actor, payment.paymentId, world),
      bySync,
    ]);
    expect(polled.filter(({ result }) => result.kind === "fault")).toEqual([]);
    expect(seen).toMatchObject({ kind: "paid" });
    expect(synced).toEqual({ ok: true, value: { state: "succeeded" } });
    const once = { state: "succeeded", charges: 1, fromStripe: 2200n, fromHolds: 800n, terms: 1 };
    expect(await factsOf(world, payment)).toMatchObject(once);
  });
});

describe("Paying 7: success is one transaction", () => {
  it.each(["transfers", "charges", "allocations", "invoices", "terms", "services", "outbox"])(
    "stopped at its %s, nothing of it shows; afterwards all of it does",
    async (table) => {
      const payment = await renewalAtStripe();
      await world.control.holdWebhooks();
      await world.control.pay(payment.sessionId);
      const before = await digestOf(world);
      const lock = await holdTable(world, table);
      const settled = settle(world, payment);
      await unlocked(lock, async () => {
        await lock.untilAwaited();
        expect(await digestOf(world)).toBe(before);
      });
      expect(await settled).toMatchObject({ state: "succeeded", changed: true });
      expect(await factsOf(world, payment)).toMatchObject({
        claims: 0,
        openHolds: 0,
        allocated: 3000n,
        terms: 1,
        invoices: ["paid"],
      });
    },
  );

  it("an invoice that is no longer open: that part becomes balance, and customer and staff are told", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 900n);
    const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 900n });
    await voidInvoiceBehindItsClaim(world, customer.customerId, invoice.id);
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      toBalance: 900n,
      tasks: ["money_for_closed_invoice"],
    });
  });
});

describe("Paying 8: failure, expiry and cancellation give back what was held", () => {
  it("and leave the invoices as before; the clock alone never does", async () => {
    const payment = await renewalAtStripe();
    await world.control.dropWebhooks();
    world.clock.advance(10 * 24 * 60 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", openHolds: 1, claims: 1 });
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({
      state: "expired",
      openHolds: 0,
      claims: 0,
      invoices: ["open"],
    });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 800n, held: 0n });
  });

  it("an unknown payment keeps its holds until Stripe has been asked", async () => {
    const customer = await makeCustomer(world);
    const seed = await makeInvoice(world, customer, 60n);
    await startDirect(world, customer, [seed.id], { cardMinor: 60n });
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    await world.control.fault({ kind: "rate_limit", times: "until_cleared" });
    const input = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
    await payCombined(customer.actor, input, world);
    const payment = paymentRef(customer, input.paymentId);
    await pass(world, 30 * 24 * 60 * minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ state: "unknown", openHolds: 1, claims: 1 });
    await world.control.clearFaults();
    await settle(world, payment);
    expect(await factsOf(world, payment)).toMatchObject({ state: "failed", openHolds: 0, claims: 0 });
  });
});

describe("Paying 9: one payment covers several invoices of one currency, in one charge", () => {
  it("and several currencies are refused", async () => {
    const customer = await makeCustomer(world);
    const first = await makeInvoice(world, customer, 700n);
    const second = await makeInvoice(world, customer, 800n);
    const inEuro: TestCustomer = { ...customer, currency: "EUR" };
    const third = await makeInvoice(world, inEuro, 900n);
    const mixed = plan(world, [first.id, third.id], { cardMinor: 1600n });
    const refusal = { code: "currencies_differ" };
    expect(await payDirect(customer.actor, mixed, world)).toEqual({ ok: false, refusal });
    const asked = { invoiceIds: [first.id, third.id], useBalance: "none" };
    expect(await previewPlan(customer.actor, asked, world)).toEqual({ ok: false, refusal });
    const payment = await startDirect(world, customer, [first.id, second.id], { cardMinor: 1500n });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ charges: 1, invoices: ["paid", "paid"] });
  });
});

describe("Paying 10: an invoice has at most one open external payment", () => {
  it("another way of paying first ends it at Stripe, then looks again", async () => {
    const payment = await renewalAtStripe();
    const { customer } = payment;
    // Whoever settles first names the end: here it is the one who closes it, not Stripe's event that it expired.
    await world.control.holdWebhooks();
    await giveBalance(world, customer, 2200n);
    const [share] =
      await world.owner`select invoice_id from payment_shares where payment_id = ${payment.paymentId}`;
    const input = balancePlan(world, [share?.invoice_id], 3000n);
    expect(await payFromBalance(customer.actor, input, world)).toMatchObject({ ok: true });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", claims: 0 });
    await expect(world.control.pay(payment.sessionId)).rejects.toThrow(/expired/);
  });

  it("if Stripe says that it was paid, that wins, and the new act is told so", async () => {
    const payment = await renewalAtStripe();
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const [share] =
      await world.owner`select invoice_id from payment_shares where payment_id = ${payment.paymentId}`;
    const input = plan(world, [share?.invoice_id], { cardMinor: 3000n });
    expect(await payDirect(payment.customer.actor, input, world)).toMatchObject({
      ok: false,
      refusal: { code: "invoice_not_open", state: "paid" },
    });
    expect(await abandonPayment(payment.customer.actor, payment, world)).toMatchObject({
      ok: true,
      value: { kind: "paid" },
    });
  });

  it("while Stripe cannot say, the new act is refused with that reason", async () => {
    const payment = await renewalAtStripe();
    await world.control.fault({ kind: "rate_limit", times: "until_cleared" });
    const [share] =
      await world.owner`select invoice_id from payment_shares where payment_id = ${payment.paymentId}`;
    const input = plan(world, [share?.invoice_id], { cardMinor: 3000n });
    expect(await payDirect(payment.customer.actor, input, world)).toEqual({
      ok: false,
      refusal: { code: "payment_in_progress", paymentId: payment.paymentId },
    });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
  });
});
