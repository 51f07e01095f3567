import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { abandonPayment, resumePayment } from "@/lib/portal/pay";
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
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  startCombined,
} from "@/lib/testing/payment-facts";
import { permutations } from "@/lib/testing/permutations";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

const declined = "4000000000000002";
const asks = "4000002760003184";
const minute = 60_000;

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

/** A payment of 3000 at Stripe's page, 800 of it held from the balance. */
async function atStripe(customer?: TestCustomer): Promise<AtStripe> {
  const payer = customer ?? (await makeCustomer(world));
  const invoice = await makeInvoice(world, payer, 3000n);
  await giveBalance(world, payer, 800n);
  return startCombined(world, payer, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
}

const asBefore = { charges: 0, claims: 0, openHolds: 0, allocated: 0n, invoices: ["open"], isPolled: false };
const whole = {
  state: "succeeded",
  charges: 1,
  claims: 0,
  openHolds: 0,
  allocated: 3000n,
  invoices: ["paid"],
};

describe("a declined card", () => {
  it("ends nothing: another card in the same session pays, once", async () => {
    const payment = await atStripe();
    expect(await world.control.pay(payment.sessionId, { card: declined })).toMatchObject({
      sessionStatus: "open",
      error: { code: "card_declined" },
    });
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("followed by one that pays settles once, in whatever order the events come", async () => {
    for (const order of permutations(["failed", "succeeded", "completed"])) {
      const payment = await atStripe();
      await world.control.holdWebhooks();
      await world.control.pay(payment.sessionId, { card: declined });
      await world.control.pay(payment.sessionId);
      const held = await world.control.heldWebhooks();
      const events = order.map((word) => held.find(({ type }) => type.endsWith(word))?.eventId as string);
      await world.control.releaseWebhooks(events);
      expect(await factsOf(world, payment), order.join()).toMatchObject(whole);
      await world.control.releaseWebhooks();
      expect(await factsOf(world, payment), order.join()).toMatchObject(whole);
    }
  });

  it("settles though each event between the two is worked on while the page is open", async () => {
    const payment = await atStripe();
    for (const card of [declined, "4000000000009995", "4000000000000069"]) {
      await world.control.pay(payment.sessionId, { card });
      await world.control.webhooksIdle();
      expect(await paymentOutcome(payment.customer.actor, payment.paymentId, world)).toMatchObject({
        kind: "nothing_taken",
        state: "sent",
        resumeUrl: payment.url,
      });
    }
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });
});

describe("3-D Secure", () => {
  it("approved pays", async () => {
    const payment = await atStripe();
    await world.control.pay(payment.sessionId, { card: asks });
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("failed leaves the page open for another card", async () => {
    const payment = await atStripe();
    await world.control.pay(payment.sessionId, { card: asks, authentication: "fail" });
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1 });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("waits in requires_action while the bank asks, and can be gone on with", async () => {
    const payment = await atStripe();
    const asked = await world.control.pay(payment.sessionId, { card: asks, authentication: "leave" });
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "requires_action", openHolds: 1 });
    expect(await paymentOutcome(payment.customer.actor, payment.paymentId, world)).toMatchObject({
      kind: "nothing_taken",
      resumeUrl: payment.url,
    });
    await world.control.authenticate(asked.paymentIntent as string, "approve");
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });
});

describe("a delayed method", () => {
  const debited = async (later: "waits" | "succeeds" | "fails") => {
    const payment = await atStripe(await makeCustomer(world, { currency: "EUR" }));
    const paid = await world.control.pay(payment.sessionId, { method: "sepa_debit", later });
    await world.control.webhooksIdle();
    return { payment, intent: paid.paymentIntent as string };
  };

  it("is processing until the bank has paid; nothing is settled or released before", async () => {
    const { payment, intent } = await debited("waits");
    const { actor } = payment.customer;
    expect(await factsOf(world, payment)).toMatchObject({ state: "processing", openHolds: 1, charges: 0 });
    await pass(world, 26 * 60 * minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ state: "processing", openHolds: 1, claims: 1 });
    expect(await paymentOutcome(actor, payment.paymentId, world)).toMatchObject({ kind: "confirming" });
    expect(await abandonPayment(actor, payment, world)).toMatchObject({
      ok: false,
      refusal: { code: "payment_in_progress" },
    });
    await world.control.settleDelayed(intent, "succeeds");
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("that succeeds days later is settled by the poller, should no webhook come", async () => {
    await world.control.dropWebhooks();
    const { payment } = await debited("succeeds");
    for (let day = 0; day < 5; day += 1) {
      await pass(world, 24 * 60 * minute);
      await pollPayments(world, 1000);
    }
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("that fails ends the payment: holds void, claims gone, the invoice as before", async () => {
    const { payment } = await debited("fails");
    expect(await factsOf(world, payment)).toMatchObject({ state: "processing" });
    await pass(world, 3 * 24 * 60 * minute);
    expect(await factsOf(world, payment)).toMatchObject({
      ...asBefore,
      state: "failed",
      failureCode: "method_failed",
    });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 800n, held: 0n });
  });
});

describe("expiry", () => {
  it("releases holds and claims when Stripe says that the page has expired", async () => {
    const payment = await atStripe();
    await pass(world, 46 * minute);
    expect(await factsOf(world, payment)).toMatchObject({ ...asBefore, state: "expired" });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 800n, held: 0n });
    expect(await resumePayment(payment.customer.actor, payment, world)).toEqual({
      ok: false,
      refusal: { code: "payment_ended", state: "expired" },
    });
  });

  it("is found by the poller a minute after it, should no webhook come", async () => {
    await world.control.dropWebhooks();
    const payment = await atStripe();
    for (let minutes = 0; minutes < 46; minutes += 1) {
      await pass(world, minute);
      await pollPayments(world, 1000);
    }
    expect(await factsOf(world, payment)).toMatchObject({ ...asBefore, state: "expired" });
  });

  it("is not believed by the clock: a hold stays until Stripe has been asked", async () => {
    await world.control.dropWebhooks();
    const payment = await atStripe();
    await world.control.fault({ kind: "error_500", method: "GET", times: "until_cleared" });
    await pass(world, 3 * 24 * 60 * minute);
    await pollPayments(world, 1000);
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
    await world.control.clearFaults();
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "expired" });
  });

  it("settles the auto-renew invoice that its hold kept waiting", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    const serviceId = await makeActiveService(world, customer, planId, true);
    const payment = await atStripe(customer);
    await giveBalance(world, customer, 300n);
    const renewal = await makeRenewal(world, customer, serviceId);
    await pass(world, 46 * minute);
    const [row] = await world.jobs.sql`select state from invoices where id = ${renewal.id}`;
    expect(await factsOf(world, payment)).toMatchObject({ state: "expired", invoices: ["open"] });
    expect(row?.state).toBe("paid");
    expect(await balanceOf(world, customer)).toEqual({ posted: 100n, held: 0n });
  });
});

describe("resume and abandon", () => {
  it("resumes an open payment at the same page", async () => {
    const payment = await atStripe();
    expect(await resumePayment(payment.customer.actor, payment, world)).toEqual({
      ok: true,
      value: { kind: "redirect", paymentId: payment.paymentId, url: payment.url },
    });
  });

  it("abandons by expiring the page at Stripe, and gives everything back", async () => {
    const payment = await atStripe();
    // Stripe's event that it expired would be faster sometimes, and name the end.
    await world.control.holdWebhooks();
    expect(await abandonPayment(payment.customer.actor, payment, world)).toEqual({
      ok: true,
      value: { kind: "abandoned" },
    });
    expect(await factsOf(world, payment)).toMatchObject({ ...asBefore, state: "canceled" });
    await expect(world.control.pay(payment.sessionId)).rejects.toThrow(/expired/);
    expect(await abandonPayment(payment.customer.actor, payment, world)).toEqual({
      ok: true,
      value: { kind: "abandoned" },
    });
  });

  it("abandoned after it was paid answers with the receipt", async () => {
    const payment = await atStripe();
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    expect(await abandonPayment(payment.customer.actor, payment, world)).toMatchObject({
      ok: true,
      value: { kind: "paid", receipt: { paymentId: payment.paymentId, byCard: { minor: 2200n } } },
    });
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("abandoned while it is being paid: Stripe decides, and what it says is told", async () => {
    const payment = await atStripe();
    const { control } = world;
    await control.fault({ kind: "hang_before", method: "POST", path: "/v1/checkout/sessions/" });
    const abandoned = abandonPayment(payment.customer.actor, payment, world);
    await control.untilHanging(1);
    await control.pay(payment.sessionId);
    await control.releaseHangs();
    expect(await abandoned).toMatchObject({ ok: true, value: { kind: "paid" } });
    await control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject(whole);
  });

  it("abandoned while Stripe does not answer stays open, and says so", async () => {
    const payment = await atStripe();
    await world.control.fault({ kind: "error_500", times: "until_cleared" });
    expect(await abandonPayment(payment.customer.actor, payment, world)).toEqual({
      ok: false,
      refusal: { code: "payment_in_progress", paymentId: payment.paymentId },
    });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
  });

  it("abandoned by the mere way back from Stripe's page changes nothing", async () => {
    const payment = await atStripe();
    const { redirectUrl } = await world.control.abandon(payment.sessionId);
    expect(redirectUrl).toContain(`/return/${payment.paymentId}?from=back`);
    expect(await paymentOutcome(payment.customer.actor, payment.paymentId, world)).toMatchObject({
      kind: "nothing_taken",
      resumeUrl: payment.url,
    });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1, openHolds: 1 });
  });
});
