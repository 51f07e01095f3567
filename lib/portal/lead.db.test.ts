import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Checkout, Gateway } from "@/lib/gateway/port";
import { makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import {
  type AtStripe,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { resumePayment } from "./pay";

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

async function atStripe(currency: "EUR" | "USD"): Promise<AtStripe> {
  const customer = await makeCustomer(world, { currency });
  const invoice = await makeInvoice(world, customer, 2200n);
  return startDirect(world, customer, [invoice.id], { cardMinor: 2200n });
}

const goOn = ({ customer, paymentId }: AtStripe, seen: StripeWorld = world) =>
  resumePayment(customer.actor, { paymentId }, seen);

it("who goes on with a payment that the bank has not decided is told to wait, and to its end afterwards", async () => {
  const payment = await atStripe("EUR");
  const { paymentIntent } = await world.control.pay(payment.sessionId, {
    method: "sepa_debit",
    later: "waits",
  });
  expect(await goOn(payment)).toEqual({
    ok: true,
    value: { kind: "confirming", paymentId: payment.paymentId },
  });
  expect(await factsOf(world, payment)).toMatchObject({ state: "processing", claims: 1 });
  await world.control.settleDelayed(paymentIntent as string, "fails");
  await world.control.webhooksIdle();
  expect(await goOn(payment)).toEqual({ ok: false, refusal: { code: "payment_ended", state: "failed" } });
});

it("who goes on with a payment that Stripe says something else of is told to wait, never that it ended", async () => {
  const payment = await atStripe("USD");
  await world.control.holdWebhooks();
  await world.control.pay(payment.sessionId);
  const more = (checkout: Checkout) => ({ ...checkout, amountMinor: checkout.amountMinor + 1n });
  expect(await goOn(payment, telling(more))).toEqual({
    ok: true,
    value: { kind: "confirming", paymentId: payment.paymentId },
  });
  expect(await factsOf(world, payment)).toMatchObject({
    state: "sent",
    claims: 1,
    charges: 0,
    tasks: ["payment_quarantined"],
  });
  expect(await goOn(payment)).toMatchObject({ ok: true, value: { kind: "paid" } });
});

/** Stripe as it is, but for what it says of its page. */
function telling(change: (checkout: Checkout) => Checkout): StripeWorld {
  const gateway: Gateway = {
    ...world.gateway,
    readCheckout: async (id) => {
      const read = await world.gateway.readCheckout(id);
      return read.outcome === "succeeded" ? { ...read, value: change(read.value) } : read;
    },
  };
  return seenBy(world, { gateway });
}
