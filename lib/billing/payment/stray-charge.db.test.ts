import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CheckoutRequest, IntentRequest } from "@/lib/gateway/port";
import { abandonPayment, payCombined, payDirect, payFromBalance } from "@/lib/portal/pay";
import {
  balancePlan,
  giveBalance,
  makeCustomer,
  makeInvoice,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  balanceOf,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  paymentRef,
  startDirect,
} from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { strike } from "@/lib/testing/unsure-faults";
import { reconcile } from "../reconciliation/reconcile";
import { pollPayments } from "./poll-payments";
import { type PaymentRef, settle } from "./settle";

const minute = 60_000;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(() => world.close());

/** 800 of balance and an invoice of 3000, whose payment met a fault at Stripe. */
async function struck(kind: "drop_before" | "error_500") {
  const customer = await makeCustomer(world);
  const seed = await makeInvoice(world, customer, 60n);
  await startDirect(world, customer, [seed.id], { cardMinor: 60n });
  await giveBalance(world, customer, 800n);
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = { ...plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n }), useBalance: "800" };
  await strike(world, kind, { method: "POST", path: "/v1/checkout/sessions" });
  await payCombined(customer.actor, input, world);
  await world.control.clearFaults();
  return { customer, invoice, input, payment: paymentRef(customer, input.paymentId) };
}

async function requestOf({ paymentId }: PaymentRef) {
  const [row] = await world.owner`select request from payments where id = ${paymentId}`;
  return row?.request as CheckoutRequest & IntentRequest;
}

/** A page somebody made at Stripe that names the payment, and paid. */
async function pagePaid(payment: PaymentRef, change: Partial<CheckoutRequest> = {}): Promise<string> {
  const now = Math.floor(world.clock.now().getTime() / 1000);
  const request = { ...(await requestOf(payment)), expiresAt: now + 45 * 60, ...change };
  const key = `elsewhere/${payment.paymentId}/${change.amountMinor ?? "same"}`;
  const made = await world.gateway.createCheckout(request, key);
  if (made.outcome !== "succeeded") throw new Error("Stripe makes the page");
  await world.control.pay(made.value.id);
  await world.control.webhooksIdle();
  return made.value.id;
}

async function tasksOf({ customerId }: TestCustomer) {
  const rows = await world.owner`
    select kind, subject_id, detail from tasks where customer_id = ${customerId} and done_at is null order by id`;
  return rows.map(({ kind, subject_id, detail }) => ({ kind, of: subject_id, ...detail }));
}

async function boundTo({ paymentId }: PaymentRef) {
  const [row] = await world.owner`
    select stripe_session_id as session, stripe_payment_intent_id as intent from payments where id = ${paymentId}`;
  return { ...row };
}

describe("a paid page of another amount that names a payment without a page", () => {
  it("is not kept on it: staff are asked, and the payment goes its own way", async () => {
    const { customer, payment } = await struck("error_500");
    await pagePaid(payment, { amountMinor: "999" });
    expect(await boundTo(payment)).toEqual({ session: null, intent: null });
    expect(await tasksOf(customer)).toEqual([
      ...[
        {
          kind: "payment_quarantined",
          of: payment.paymentId,
          reason: "amount_differs",
          stripeId: expect.stringMatching(/^pi_/),
        },
      ],
    ]);
    expect(await factsOf(world, payment)).toMatchObject({ state: "unknown", claims: 1, openHolds: 1 });
    await pass(world, 46 * minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ state: "failed", claims: 0, openHolds: 0 });
  });

  it("does not keep the customer from ending it, nor from paying another way", async () => {
    const one = await struck("drop_before");
    await pagePaid(one.payment, { amountMinor: "999" });
    expect(await abandonPayment(one.customer.actor, one.payment, world)).toEqual({
      ok: true,
      value: { kind: "abandoned" },
    });
    const other = await struck("drop_before");
    await pagePaid(other.payment, { amountMinor: "999" });
    await giveBalance(world, other.customer, 2200n);
    const input = balancePlan(world, [other.invoice.id], 3000n);
    expect(await payFromBalance(other.customer.actor, input, world)).toMatchObject({ ok: true });
  });

  it.each([
    ["currency_differs", { currency: "EUR" }],
    ["amount_differs", { amountMinor: "2201" }],
  ])("%s", async (reason, change) => {
    const { customer, payment } = await struck("error_500");
    await pagePaid(payment, change);
    expect(await boundTo(payment)).toEqual({ session: null, intent: null });
    expect(await tasksOf(customer)).toMatchObject([{ reason }]);
  });

  it("and its customer's own, found later by listing: the right one of the two is kept", async () => {
    const { customer, payment } = await struck("error_500");
    const own = await world.gateway.createCheckout(await requestOf(payment), `own/${payment.paymentId}`);
    await pagePaid(payment, { amountMinor: "999" });
    await pass(world, 46 * minute);
    await pollPayments(world, 1000);
    if (own.outcome !== "succeeded") throw new Error("Stripe makes the page");
    expect(await boundTo(payment)).toEqual({ session: own.value.id, intent: null });
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", openHolds: 0 });
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 0n });
  });
});

it("a charge of another amount that names a saved card's payment is not kept on it", async () => {
  const customer = await makeCustomer(world);
  const card = await saveCard(world, customer);
  const invoice = await makeInvoice(world, customer, 3000n);
  await strike(world, "error_500", { method: "POST", path: "/v1/payment_intents" });
  const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), cardId: card.id };
  await payDirect(customer.actor, input, world);
  await world.control.clearFaults();
  const payment = paymentRef(customer, input.paymentId);
  const request = { ...(await requestOf(payment)), amountMinor: "999" };
  await world.gateway.createIntent(request, `elsewhere/${payment.paymentId}`);
  await world.control.webhooksIdle();
  expect(await boundTo(payment)).toEqual({ session: null, intent: null });
  expect(await tasksOf(customer)).toMatchObject([{ kind: "payment_quarantined", reason: "amount_differs" }]);
});

it("a charge that fits, while Stripe does not show the payment's own page, may be that page's: it is asked again", async () => {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, 2000n);
  const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
  await world.control.holdWebhooks();
  await world.control.pay(payment.sessionId);
  const page = await world.gateway.readCheckout(payment.sessionId);
  const intentId = page.outcome === "succeeded" ? page.value.intent?.id : undefined;
  if (!intentId) throw new Error("the page was paid");
  const silent = seenBy(world, {
    gateway: { ...world.gateway, readCheckout: async () => ({ outcome: "unknown", reason: "timeout" }) },
  });
  expect(await settle(silent, payment, { intentId })).toMatchObject({ kind: "unknown" });
  expect(await tasksOf(customer)).toEqual([]);
  expect(await settle(world, payment, { intentId })).toMatchObject({ kind: "settled", state: "succeeded" });
});

describe("a second charge", () => {
  it("of a payment that has its money is shown to staff at once, and once", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 2000n);
    const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    await world.control.duplicateWebhooks(5);
    await pagePaid(payment);
    const asked = await tasksOf(customer);
    expect(asked).toMatchObject([
      { kind: "charge_not_settled", paymentId: payment.paymentId, amountMinor: "2000" },
    ]);
    await reconcile(world);
    expect(await tasksOf(customer)).toEqual(asked);
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      charges: 1,
      fromStripe: 2000n,
    });
  });

  it("of one that has ended unpaid is a success that comes late: booked once, as balance", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 2000n);
    const payment = await ledToStripe(
      world,
      customer,
      await payDirect(customer.actor, plan(world, [invoice.id], { cardMinor: 2000n }), world),
    );
    await abandonPayment(customer.actor, payment, world);
    await world.control.duplicateWebhooks(3);
    await pagePaid(payment);
    expect(await factsOf(world, payment)).toMatchObject({
      ...{ state: "canceled", charges: 1, toBalance: 2000n, invoices: ["paid"], tasks: ["late_success"] },
    });
  });

  it("that fits and came while its payment was open is booked late once that has ended", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 2000n);
    const payment = await ledToStripe(
      world,
      customer,
      await payDirect(customer.actor, plan(world, [invoice.id], { cardMinor: 2000n }), world),
    );
    await pagePaid(payment);
    expect(await tasksOf(customer)).toMatchObject([{ reason: "other_object_paid" }]);
    await abandonPayment(customer.actor, payment, world);
    // Stripe lists what moved a little later.
    await pass(world, 60 * minute);
    await reconcile(world);
    expect(await factsOf(world, payment)).toMatchObject({
      ...{ state: "canceled", charges: 1, toBalance: 2000n, invoices: ["paid"] },
    });
  });
});
