import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Checkout, Gateway } from "@/lib/gateway/port";
import type { InvoiceId } from "@/lib/kernel/id";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  type AtStripe,
  balanceOf,
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { voidInvoiceBehindItsClaim } from "@/lib/testing/void-invoice";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

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

async function direct(
  customer?: TestCustomer,
  dueMinor = 2000n,
): Promise<AtStripe & { invoiceId: InvoiceId }> {
  const payer = customer ?? (await makeCustomer(world));
  const invoice = await makeInvoice(world, payer, dueMinor);
  const payment = await startDirect(world, payer, [invoice.id], { cardMinor: dueMinor });
  return { ...payment, invoiceId: invoice.id };
}

async function stateOf(invoiceId: InvoiceId): Promise<string> {
  const [row] = await world.owner`select state from invoices where id = ${invoiceId}`;
  return row?.state;
}

describe("a success that Stripe reports after the payment has ended", () => {
  it("is booked once as balance, settles its still open invoice, and staff are told", async () => {
    const payment = await direct();
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", invoices: ["open"] });
    await world.control.duplicateWebhooks(5);
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await world.control.webhooksIdle();
    await paymentOutcome(payment.customer.actor, payment.paymentId, world);
    await settle(world, payment);
    expect(await factsOf(world, payment)).toMatchObject({
      state: "expired",
      charges: 1,
      toBalance: 2000n,
      allocated: 0n,
      invoices: ["paid"],
      tasks: ["late_success"],
    });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 0n, held: 0n });
    const told = await world.owner`
      select topic from outbox where customer_id = ${payment.customerId} and topic = 'payment.money_became_balance'`;
    expect(told).toHaveLength(1);
  });

  it("settles the invoice it was begun from before auto-renew invoices that are due earlier", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world, { price: { USD: 1500n } });
    const serviceId = await makeActiveService(world, customer, planId, true);
    const renewal = await makeRenewal(world, customer, serviceId);
    await world.owner`update invoices set due_on = ${world.clock.now()} where id = ${renewal.id}`;
    const payment = await direct(customer);
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await world.control.webhooksIdle();
    expect([await stateOf(payment.invoiceId), await stateOf(renewal.id)]).toEqual(["paid", "open"]);
  });

  it("stays balance when the invoice was paid otherwise meanwhile", async () => {
    const payment = await direct();
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    const second = await startDirect(world, payment.customer, [payment.invoiceId], { cardMinor: 2000n });
    await world.control.pay(second.sessionId);
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await world.control.webhooksIdle();
    expect(await factsOf(world, second)).toMatchObject({ state: "succeeded", allocated: 2000n });
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", toBalance: 2000n });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 2000n, held: 0n });
  });

  it("leaves an invoice alone that another payment claims: that one goes on", async () => {
    const payment = await direct();
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    const second = await startDirect(world, payment.customer, [payment.invoiceId], { cardMinor: 2000n });
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await world.control.webhooksIdle();
    expect(await factsOf(world, second)).toMatchObject({ state: "sent", claims: 1, invoices: ["open"] });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 2000n, held: 0n });
  });

  it("does not change what a failure reported after a success says", async () => {
    const payment = await direct();
    const page = await world.gateway.readCheckout(payment.sessionId);
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    if (page.outcome !== "succeeded") throw new Error("the page was there");
    const checkout: Checkout = { ...page.value, status: "expired" };
    const before = await digestOf(world, ["balance_checks"]);
    expect(await settle(world, payment, { reached: { kind: "checkout", checkout } })).toMatchObject({
      state: "succeeded",
      changed: false,
    });
    expect(await digestOf(world, ["balance_checks"])).toBe(before);
  });
});

describe("money for an invoice that is no longer open", () => {
  it("becomes balance, and customer and staff are told", async () => {
    const payment = await direct();
    await voidInvoiceBehindItsClaim(world, payment.customerId, payment.invoiceId);
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      toBalance: 2000n,
      allocated: 0n,
      invoices: ["void"],
      tasks: ["money_for_closed_invoice"],
    });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 2000n, held: 0n });
    const told = await world.owner`
      select payload from outbox where customer_id = ${payment.customerId} and topic = 'payment.money_became_balance'`;
    expect(told.map((row) => row.payload)).toEqual([{ paymentId: payment.paymentId, amountMinor: "2000" }]);
  });

  it("never comes where its page expired: what was issued for that payment, and is void, is not voided again", async () => {
    const payment = await direct();
    const { customerId, invoiceId, paymentId } = payment;
    await world.owner`update invoice_claims set is_issued_for_it = true where payment_id = ${paymentId}`;
    await voidInvoiceBehindItsClaim(world, customerId, invoiceId);
    await pass(world, 50 * 60_000);
    await pollPayments(world);
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", invoices: ["void"] });
    const [notes] = await world.owner`
      select count(*)::int as of_it from credit_notes where customer_id = ${customerId} and invoice_id = ${invoiceId}`;
    expect(notes).toEqual({ of_it: 1 });
  });

  it("is only that part of a payment of several; its hold is released, the others are paid", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 900n);
    const first = await makeInvoice(world, customer, 1000n);
    const second = await makeInvoice(world, customer, 700n);
    const third = await makeInvoice(world, customer, 400n);
    const payment = await startCombined(world, customer, [first.id, second.id, third.id], {
      balanceMinor: 900n,
      cardMinor: 1200n,
    });
    await voidInvoiceBehindItsClaim(world, customer.customerId, second.id);
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      fromHolds: 400n,
      fromStripe: 1200n,
      toBalance: 200n,
      allocated: 1400n,
      openHolds: 0,
      invoices: ["paid", "void", "paid"],
    });
    expect(await balanceOf(world, customer)).toEqual({ posted: 700n, held: 0n });
  });
});

/** The gateway as it is, but for what it says of pages. */
function telling(change: (checkout: Checkout) => Checkout): StripeWorld {
  const { gateway } = world;
  const altered: Gateway = {
    ...gateway,
    readCheckout: async (id) => {
      const read = await gateway.readCheckout(id);
      return read.outcome === "succeeded" ? { ...read, value: change(read.value) } : read;
    },
  };
  return seenBy(world, { gateway: altered });
}

describe("what does not fit our row is quarantined: nothing moves, staff are asked once", () => {
  it.each<[reason: string, change: (checkout: Checkout) => Checkout]>([
    ["amount_differs", (checkout) => ({ ...checkout, amountMinor: checkout.amountMinor + 1n })],
    ["currency_differs", (checkout) => ({ ...checkout, currency: "EUR" })],
    ["customer_differs", (checkout) => ({ ...checkout, stripeCustomerId: "cus_of_somebody_else" })],
    ["customer_differs", (checkout) => ({ ...checkout, stripeCustomerId: null })],
    ["mode_differs", (checkout) => ({ ...checkout, isLive: true })],
    ["payment_differs", (checkout) => ({ ...checkout, paymentId: null })],
    ["paid_without_charge", (checkout) => ({ ...checkout, charge: null })],
    [
      "charge_differs",
      (checkout) => ({ ...checkout, charge: checkout.charge && { ...checkout.charge, amountMinor: 1999n } }),
    ],
    ["session_status_paused", (checkout) => ({ ...checkout, status: "paused" })],
    ["payment_status_partially_paid", (checkout) => ({ ...checkout, paymentStatus: "partially_paid" })],
    [
      "intent_status_on_hold",
      (checkout) => ({ ...checkout, paymentStatus: "unpaid", intent: { id: "pi_1", status: "on_hold" } }),
    ],
    ["intent_status_missing", (checkout) => ({ ...checkout, paymentStatus: "unpaid", intent: null })],
  ])("%s", async (reason, change) => {
    const payment = await direct();
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const wrong = telling(change);
    for (let look = 0; look < 3; look += 1) {
      expect(await settle(wrong, payment)).toEqual({ kind: "quarantined", reason });
    }
    expect(await paymentOutcome(payment.customer.actor, payment.paymentId, wrong)).toMatchObject({
      kind: "confirming",
    });
    expect(await factsOf(world, payment)).toMatchObject({
      state: "sent",
      isPolled: true,
      claims: 1,
      charges: 0,
      fromStripe: 0n,
      toBalance: 0n,
      invoices: ["open"],
      tasks: ["payment_quarantined"],
    });
    // What Stripe says later fits: it is settled then.
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "succeeded" });
  });

  it("an event of it is parked with the reason", async () => {
    const payment = await direct();
    const [row] = await world.owner`select request from payments where id = ${payment.paymentId}`;
    const put = (request: object) =>
      world.owner`update payments set request = ${world.owner.json(request as never)} where id = ${payment.paymentId}`;
    await put({ ...row?.request, stripeCustomerId: "cus_another" });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    const runs = await world.owner`
      select r.state, r.reason from event_runs r join stripe_events e on e.id = r.event_id
      where e.payload->'data'->'object'->>'id' = ${payment.sessionId}`;
    expect(runs.map((run) => ({ ...run }))).toEqual([{ state: "parked", reason: "customer_differs" }]);
    await put(row?.request);
    await settle(world, payment);
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      tasks: ["payment_quarantined"],
    });
  });
});
