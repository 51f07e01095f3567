import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Gateway } from "@/lib/gateway/port";
import { stripeGateway } from "@/lib/gateway/stripe";
import { abandonPayment, payCombined, payDirect, payFromBalance, resumePayment } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import type { FaultKind } from "@/lib/sandbox/control";
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
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
} from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { impatient, strike, unsureFaults, unsureKinds } from "@/lib/testing/unsure-faults";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

const minute = 60_000;
const hour = 60 * minute;
const sessionsPath = "/v1/checkout/sessions";

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

/** A customer known to Stripe, with 800 of balance and an invoice of 3000. */
async function payer(): Promise<{ customer: TestCustomer; input: Parameters<typeof payCombined>[1] }> {
  const customer = await makeCustomer(world);
  const seed = await makeInvoice(world, customer, 60n);
  const first = await payDirect(customer.actor, plan(world, [seed.id], { cardMinor: 60n }), world);
  if (!first.ok || first.value.kind !== "redirect") throw new Error("Stripe knows the customer");
  await abandonPayment(customer.actor, first.value, world);
  await giveBalance(world, customer, 800n);
  const invoice = await makeInvoice(world, customer, 3000n);
  const input = { ...plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n }), useBalance: "800" };
  return { customer, input };
}

/** A payment whose creation at Stripe met this fault. */
async function struckAtCreation(kind: FaultKind) {
  const { customer, input } = await payer();
  await strike(world, kind, { method: "POST", path: sessionsPath });
  const answer = await payCombined(customer.actor, input, impatient(world, kind, "createCheckout"));
  expect(answer).toEqual({ ok: true, value: { kind: "confirming", paymentId: input.paymentId } });
  await world.control.clearFaults();
  return { customer, input, payment: paymentRef(customer, input.paymentId) };
}

async function sessionsOf(paymentId: string): Promise<Record<string, unknown>[]> {
  const all = (await world.control.dump())["checkout.session"] ?? [];
  return all.filter((session) => (session.metadata as { payment?: string }).payment === paymentId);
}

/** What the portal asked of Stripe for one payment since; POSTs by their idempotency key. */
async function sentFor(paymentId: string): Promise<number> {
  const seen = await world.control.requests({ method: "POST", path: sessionsPath });
  return seen.filter(({ idempotencyKey }) => idempotencyKey?.includes(paymentId)).length;
}

const held = { state: "unknown", isPolled: true, claims: 1, openHolds: 1, charges: 0, invoices: ["open"] };
const released = { claims: 0, openHolds: 0, charges: 0, allocated: 0n, invoices: ["open"], isPolled: false };
const whole = {
  state: "succeeded",
  charges: 1,
  claims: 0,
  openHolds: 0,
  allocated: 3000n,
  invoices: ["paid"],
};

describe("creating the page at Stripe", () => {
  it.each(unsureKinds)(
    "met by %s leaves the payment unknown; it is paid on the one page there is",
    async (kind) => {
      const { payment, customer } = await struckAtCreation(kind);
      expect(await factsOf(world, payment)).toMatchObject(held);
      expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 800n });
      expect(await sessionsOf(payment.paymentId)).toHaveLength(unsureFaults[kind].done ? 1 : 0);
      await pass(world, 61_000);
      await paymentOutcome(customer.actor, payment.paymentId, world);
      // What Stripe replays under the key for a day tells nothing; what it forgot is done under the same key.
      if (unsureFaults[kind].replayed) return expect(await factsOf(world, payment)).toMatchObject(held);
      expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
      const sessions = await sessionsOf(payment.paymentId);
      expect(sessions).toHaveLength(1);
      await world.control.pay(sessions[0]?.id as string);
      await world.control.webhooksIdle();
      expect(await factsOf(world, payment)).toMatchObject(whole);
    },
  );

  it.each(["drop_after", "cut", "error_500_after", "hang_after"] as const)(
    "met by %s and paid before anybody asked again: its events settle it",
    async (kind) => {
      const { payment } = await struckAtCreation(kind);
      const [session] = await sessionsOf(payment.paymentId);
      await world.control.pay(session?.id as string);
      await world.control.webhooksIdle();
      expect(await factsOf(world, payment)).toMatchObject(whole);
    },
  );

  it("met by a fault and paid: the intent's event alone settles it, though it does not name the page", async () => {
    const { payment } = await struckAtCreation("drop_after");
    await world.control.dropWebhooks(["checkout.session.completed"]);
    const [session] = await sessionsOf(payment.paymentId);
    await world.control.pay(session?.id as string);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("gone on with by the customer, once Stripe answers again", async () => {
    const { payment, customer, input } = await struckAtCreation("drop_before");
    const again = await payCombined(customer.actor, input, world);
    expect(again).toMatchObject({ ok: true, value: { kind: "redirect", paymentId: payment.paymentId } });
    expect(await resumePayment(customer.actor, payment, world)).toEqual(again);
    expect(await sessionsOf(payment.paymentId)).toHaveLength(1);
  });

  it("refused by a definite 4xx has failed at once, and everything is released", async () => {
    const { customer } = await payer();
    const invoice = await makeInvoice(world, customer, 100_000_800n);
    const input = { ...plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 100_000_000n }) };
    // Whoever believes that Stripe charges any amount is told that it does not.
    const chargeLimits: Gateway["chargeLimits"] = (currency) => ({
      ...world.gateway.chargeLimits(currency),
      maximumMinor: 1_000_000_000n,
    });
    const bold = seenBy(world, { gateway: { ...world.gateway, chargeLimits } });
    expect(await payCombined(customer.actor, { ...input, useBalance: "all" }, bold)).toEqual({
      ok: false,
      refusal: { code: "amount_not_charged" },
    });
    const payment = paymentRef(customer, input.paymentId);
    expect(await factsOf(world, payment)).toMatchObject({
      ...released,
      state: "failed",
      failureCode: "amount_too_large",
    });
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 0n });
  });
});

describe("while Stripe cannot say (promise 3)", () => {
  it.each(["drop_after", "rate_limit", "error_500", "hang_before"] as const)(
    "no second attempt starts: %s",
    async (kind) => {
      const { payment, customer, input } = await struckAtCreation(kind);
      await world.control.fault({ kind: "lock_timeout", times: "until_cleared" });
      const refusal = { code: "payment_in_progress", paymentId: payment.paymentId };
      const [invoiceId = ""] = input.invoiceIds;
      const direct = plan(world, [invoiceId], { cardMinor: 3000n });
      expect(await payDirect(customer.actor, direct, world)).toEqual({ ok: false, refusal });
      const combined = plan(world, [invoiceId], { balanceMinor: 800n, cardMinor: 2200n });
      expect(await payCombined(customer.actor, combined, world)).toEqual({ ok: false, refusal });
      await giveBalance(world, customer, 5000n);
      const fromBalance = balancePlan(world, [invoiceId], 3000n);
      expect(await payFromBalance(customer.actor, fromBalance, world)).toEqual({ ok: false, refusal });
      expect(await abandonPayment(customer.actor, payment, world)).toEqual({ ok: false, refusal });
      const seen = await paymentOutcome(customer.actor, payment.paymentId, world);
      expect(seen).toMatchObject({ kind: "confirming" });
      expect(await factsOf(world, payment)).toMatchObject(held);
      const [attempts] = await world.owner`
        select count(*)::int from payments where customer_id = ${customer.customerId} and state = 'unknown'`;
      expect(attempts?.count).toBe(1);
    },
  );

  it("a second attempt starts once the first was found and closed", async () => {
    const { payment, customer, input } = await struckAtCreation("drop_after");
    // Stripe's event that it expired would be faster sometimes, and name the end.
    await world.control.holdWebhooks();
    await giveBalance(world, customer, 5000n);
    const fromBalance = balancePlan(world, input.invoiceIds, 3000n);
    expect(await payFromBalance(customer.actor, fromBalance, world)).toMatchObject({ ok: true });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", claims: 0, openHolds: 0 });
    expect((await sessionsOf(payment.paymentId)).map(({ status }) => status)).toEqual(["expired"]);
  });
});

describe("an unknown payment as time passes", () => {
  it("is sent again with the same key until its page would have expired, and then looked up", async () => {
    const { payment } = await struckAtCreation("error_500");
    const { paymentId } = payment;
    await pass(world, 46 * minute - 1);
    expect(await settle(world, payment)).toMatchObject({ kind: "unknown" });
    expect(await sentFor(paymentId)).toBe(2);
    expect(await factsOf(world, payment)).toMatchObject(held);
    await pass(world, 1);
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "failed" });
    expect(await sentFor(paymentId)).toBe(2);
    expect(await factsOf(world, payment)).toMatchObject({ ...released, failureCode: "never_created" });
  });

  it("that Stripe had after all is found by listing, and settled as it stands there", async () => {
    const { payment } = await struckAtCreation("error_500_after");
    await world.control.dropWebhooks();
    const [session] = await sessionsOf(payment.paymentId);
    await world.control.pay(session?.id as string);
    await pass(world, 24 * hour + minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("that Stripe had, unpaid and expired, is expired", async () => {
    const { payment } = await struckAtCreation("error_500_after");
    await world.control.dropWebhooks();
    await pass(world, 24 * hour + minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ ...released, state: "expired" });
  });

  it("stays unknown while Stripe does not answer the look-up", async () => {
    const { payment } = await struckAtCreation("error_500");
    await pass(world, 25 * hour);
    await world.control.fault({ kind: "rate_limit", method: "GET", times: "until_cleared" });
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(held);
  });

  it("that never reached Stripe has failed when its page would have expired", async () => {
    const { payment } = await struckAtCreation("rate_limit");
    await pass(world, 2 * hour);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ ...released, state: "failed" });
    expect(await sessionsOf(payment.paymentId)).toEqual([]);
  });

  it("is seen as it stands when it is sent again, not as it was when its page was made", async () => {
    const { payment } = await struckAtCreation("drop_after");
    await world.control.dropWebhooks();
    const [session] = await sessionsOf(payment.paymentId);
    await world.control.expire(session?.id as string);
    expect(await settle(world, payment)).toMatchObject({ state: "expired" });
    expect(await factsOf(world, payment)).toMatchObject({ ...released, state: "expired" });
  });

  it("is not failed by a key that Stripe refuses: that says nothing of the first attempt", async () => {
    const { payment } = await struckAtCreation("drop_after");
    expect(await settle(lockedOut(), payment)).toMatchObject({ kind: "unknown" });
    expect(await factsOf(world, payment)).toMatchObject(held);
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "sent" });
  });

  it("is not failed by such a key when a saved card was charged either: it was taken, and pays", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), cardId: card.id };
    await world.control.dropWebhooks();
    await strike(world, "drop_after", { method: "POST", path: "/v1/payment_intents" });
    await payDirect(customer.actor, input, world);
    await world.control.clearFaults();
    const payment = paymentRef(customer, input.paymentId);
    expect(await settle(lockedOut(), payment)).toMatchObject({ kind: "unknown" });
    expect(await factsOf(world, payment)).toMatchObject({ ...held, openHolds: 0 });
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "succeeded" });
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  /** With a key that was replaced: Stripe refuses whatever is asked. */
  function lockedOut(): StripeWorld {
    const options = { webhookSecrets: ["whsec_x"], apiBase: world.stripeUrl };
    return seenBy(world, { gateway: stripeGateway({ ...options, secretKey: "sk_test_rolled" }) });
  }
});
