import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { abandonPayment, payDirect } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import { giveBalance, makeCustomer, makeInvoice, plan } from "@/lib/testing/fixtures";
import {
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  paymentRef,
  startCombined,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { impatient, strike, unsureFaults, unsureKinds } from "@/lib/testing/unsure-faults";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

const minute = 60_000;
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

/** What the portal asked of Stripe for one payment since; POSTs by their idempotency key. */
async function sentFor(paymentId: string): Promise<number> {
  const seen = await world.control.requests({ method: "POST", path: sessionsPath });
  return seen.filter(({ idempotencyKey }) => idempotencyKey?.includes(paymentId)).length;
}

const released = { claims: 0, openHolds: 0, charges: 0, allocated: 0n, invoices: ["open"], isPolled: false };
const whole = {
  state: "succeeded",
  charges: 1,
  claims: 0,
  openHolds: 0,
  allocated: 3000n,
  invoices: ["paid"],
};

describe("a payment that failed without a page at Stripe", () => {
  it("is never sent again: its return page and its events find it as it is", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 100_000_000n);
    const input = plan(world, [invoice.id], { cardMinor: 100_000_000n });
    const chargeLimits = () => ({ minimumMinor: 1n, stepMinor: 1n, maximumMinor: 1_000_000_000n });
    await payDirect(customer.actor, input, seenBy(world, { gateway: { ...world.gateway, chargeLimits } }));
    const payment = paymentRef(customer, input.paymentId);
    const sent = await sentFor(input.paymentId);
    const before = await digestOf(world);
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "failed", changed: false });
    expect(await paymentOutcome(customer.actor, input.paymentId, world)).toMatchObject({
      kind: "nothing_taken",
      state: "failed",
    });
    expect(await sentFor(input.paymentId)).toBe(sent);
    expect(await digestOf(world)).toBe(before);
  });
});

describe("reading and expiring a page", () => {
  it.each(unsureKinds)("read met by %s changes nothing; the poller asks again", async (kind) => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const payment = await startCombined(world, customer, [invoice.id], {
      balanceMinor: 800n,
      cardMinor: 2200n,
    });
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    await strike(world, kind, { method: "GET", path: sessionsPath });
    expect(await settle(impatient(world, kind, "readCheckout"), payment)).toMatchObject({ kind: "unknown" });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
    await world.control.clearFaults();
    await pass(world, 61_000);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it.each(unsureKinds)("expiry met by %s is not taken for done; what Stripe then says is", async (kind) => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { cardMinor: 3000n });
    const started = await payDirect(customer.actor, input, world);
    await strike(world, kind, { method: "POST", path: `${sessionsPath}/cs_` });
    const payment = paymentRef(customer, input.paymentId);
    const answer = await abandonPayment(customer.actor, payment, impatient(world, kind, "expireCheckout"));
    expect(answer).toMatchObject({ ok: false, refusal: { code: "payment_in_progress" } });
    await world.control.clearFaults();
    await world.control.webhooksIdle();
    const { done } = unsureFaults[kind];
    expect(await factsOf(world, payment)).toMatchObject({ state: done ? "canceled" : "sent" });
    expect(started.ok).toBe(true);
    if (!done) await abandonPayment(customer.actor, payment, world);
    expect(await factsOf(world, payment)).toMatchObject(released);
  });
});

describe("making the customer at Stripe", () => {
  it.each(unsureKinds)(
    "met by %s starts no payment; a later attempt finds or makes the one",
    async (kind) => {
      const customer = await makeCustomer(world);
      const invoice = await makeInvoice(world, customer, 3000n);
      await strike(world, kind, { method: "POST", path: "/v1/customers" });
      const input = plan(world, [invoice.id], { cardMinor: 3000n });
      // A customer that Stripe made after all is told by an event.
      const before = await digestOf(world, ["event_runs", "stripe_events"]);
      expect(await payDirect(customer.actor, input, impatient(world, kind, "createCustomer"))).toEqual({
        ok: false,
        refusal: { code: "gateway_unreachable" },
      });
      expect(await digestOf(world, ["event_runs", "stripe_events"])).toBe(before);
      await world.control.clearFaults();
      // An error that Stripe replays under its key for a day must not shut a customer out for that long.
      if (unsureFaults[kind].replayed) await pass(world, 15 * minute);
      expect(await payDirect(customer.actor, input, world)).toMatchObject({
        ok: true,
        value: { kind: "redirect" },
      });
      const made = (await world.control.dump()).customer?.filter(
        (row) => (row.metadata as { customer?: string }).customer === customer.customerId,
      );
      expect(made).toHaveLength(kind === "error_500_after" ? 2 : 1);
    },
  );

  it("is not refused because the customer changed their name between two attempts", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    await strike(world, "drop_after", { method: "POST", path: "/v1/customers" });
    const input = plan(world, [invoice.id], { cardMinor: 3000n });
    expect(await payDirect(customer.actor, input, world)).toMatchObject({ ok: false });
    await world.owner`update customers set name = 'Renamed' where id = ${customer.customerId}`;
    expect(await payDirect(customer.actor, input, world)).toMatchObject({ ok: true });
  });
});
