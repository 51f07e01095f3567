import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import type { Checkout, CheckoutRequest, Gateway } from "@/lib/gateway/port";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { payDirect } from "@/lib/portal/pay";
import { makeCustomer, makeOrder, makePlan, plan } from "@/lib/testing/fixtures";
import {
  type AtStripe,
  balanceOf,
  expectBooksBalance,
  factsOf,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { decideRuling, proposeRuling, showQuarantine } from "./rule-payment";
import type { StaffActor } from "./shapes";

let world: StripeWorld;
let ann: StaffActor;
let bob: StaffActor;

beforeAll(async () => {
  world = await openStripeWorld();
  [ann, bob] = [await staffOf("finance"), await staffOf("admin")];
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(() => world.close());

async function staffOf(role: StaffActor["role"]): Promise<StaffActor> {
  const userId = newId<UserId>(world.clock);
  const now = world.clock.now();
  await world.owner`
    insert into users (id, email, name, created_at) values (${userId}, ${`${userId}@host.test`}, 'Staff', ${now})`;
  return { userId, role, sessionId: newId<SessionId>(world.clock) } as StaffActor;
}

/** A payment of 2000 for an order, whose page Stripe tells otherwise than we asked for. */
async function quarantined(
  change: (checkout: Checkout) => Checkout = (one) => ({ ...one, status: "paused" }),
) {
  const customer = await makeCustomer(world);
  const { invoice } = await makeOrder(world, customer, await makePlan(world, { price: { USD: 2000n } }));
  const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
  const { gateway } = world;
  const told: Gateway = {
    ...gateway,
    readCheckout: async (id) => {
      const read = await gateway.readCheckout(id);
      return read.outcome === "succeeded" ? { ...read, value: change(read.value) } : read;
    },
  };
  expect(await settle(seenBy(world, { gateway: told }), payment)).toMatchObject({ kind: "quarantined" });
  return { ...payment, invoice };
}

/** A page that somebody made at Stripe for the payment, of so many cents, and paid. */
async function paidElsewhere({ paymentId }: AtStripe, amountMinor: string): Promise<string> {
  const [row] = await world.owner`select request from payments where id = ${paymentId}`;
  const request = { ...(row?.request as CheckoutRequest), amountMinor };
  const made = await world.gateway.createCheckout(request, `elsewhere/${paymentId}/${amountMinor}`);
  if (made.outcome !== "succeeded") throw new Error("Stripe makes the page");
  await world.control.holdWebhooks();
  await world.control.pay(made.value.id);
  return made.value.id;
}

const refOf = ({ customerId, paymentId }: AtStripe) => ({ customerId, paymentId });

async function proposed(payment: AtStripe, stripeId: string | null): Promise<string> {
  const wish = { ...refOf(payment), stripeId, reason: "looked at both" };
  expect(await proposeRuling(ann, wish, world)).toEqual({ ok: true, value: null });
  return (await showQuarantine(bob, refOf(payment), world))?.proposed?.id as string;
}

function confirm(payment: AtStripe, rulingId: string, by = bob) {
  return decideRuling(by, { ...refOf(payment), rulingId, decision: "confirmed" }, world);
}

describe("a payment that does not fit what Stripe says", () => {
  it("shows ours beside Stripe's: each object that names it, and what differs", async () => {
    const payment = await quarantined();
    const other = await paidElsewhere(payment, "999");
    const shown = await showQuarantine(ann, refOf(payment), world);
    expect(shown).toMatchObject({
      reason: "session_status_paused",
      ours: { amount: { minor: 2000n } },
      proposed: null,
    });
    const objects = shown?.objects?.map(({ stripeId, isPaid, isOwn, differs }) => ({
      stripeId,
      isPaid,
      isOwn,
      differs,
    }));
    expect(objects).toEqual([
      { stripeId: other, isPaid: true, isOwn: false, differs: "amount_differs" },
      { stripeId: payment.sessionId, isPaid: false, isOwn: true, differs: null },
    ]);
  });

  it("declared ended is closed at Stripe and canceled: its invoice can be paid or canceled again", async () => {
    const payment = await quarantined();
    expect(await confirm(payment, await proposed(payment, null))).toEqual({ ok: true, value: null });
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", claims: 0, invoices: ["open"] });
    expect(await world.gateway.readCheckout(payment.sessionId)).toMatchObject({
      value: { status: "expired" },
    });
    const again = plan(world, [payment.invoice.id], { cardMinor: 2000n });
    expect(await payDirect(payment.customer.actor, again, world)).toMatchObject({ ok: true });
    expect(
      await cancelInvoice(payment.customer.actor, { invoiceId: payment.invoice.id }, world),
    ).toMatchObject({ ok: true });
    expect(await showQuarantine(ann, refOf(payment), world)).toBeNull();
  });

  it("declared ended, and yet paid later: that money is booked once, as a success that comes late", async () => {
    const payment = await quarantined();
    await confirm(payment, await proposed(payment, null));
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", charges: 1, toBalance: 2000n });
  });

  it("paid by the object that was chosen succeeds by it", async () => {
    const payment = await quarantined();
    const right = await paidElsewhere(payment, "2000");
    expect(await confirm(payment, await proposed(payment, right))).toEqual({ ok: true, value: null });
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      charges: 1,
      invoices: ["paid"],
    });
  });

  it("paid by one of another amount ends, and that money becomes balance", async () => {
    const payment = await quarantined();
    const right = await paidElsewhere(payment, "999");
    expect(await confirm(payment, await proposed(payment, right))).toEqual({ ok: true, value: null });
    expect(await factsOf(world, payment)).toMatchObject({
      ...{ state: "canceled", charges: 1, toBalance: 999n, claims: 0, invoices: ["open"] },
    });
    expect(await balanceOf(world, payment.customer)).toEqual({ posted: 999n, held: 0n });
    await calm(world);
    expect(await factsOf(world, payment)).toMatchObject({ charges: 1, toBalance: 999n });
  });

  it("is not declared ended while what fits it is paid, nor paid by what is not", async () => {
    const payment = await quarantined();
    const open = await proposed(payment, payment.sessionId);
    expect(await confirm(payment, open)).toMatchObject({ refusal: { code: "object_not_paid" } });
    await decideRuling(ann, { ...refOf(payment), rulingId: open, decision: "withdrawn" }, world);
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const ended = await proposed(payment, null);
    expect(await confirm(payment, ended)).toMatchObject({ refusal: { code: "payment_is_paid" } });
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent", claims: 1 });
  });

  it("never takes a charge that is booked for another payment", async () => {
    const payment = await quarantined();
    const customer = payment.customer;
    const { invoice } = await makeOrder(world, customer, await makePlan(world, { price: { USD: 2000n } }));
    const other = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
    await world.control.pay(other.sessionId);
    await world.control.webhooksIdle();
    expect(await confirm(payment, await proposed(payment, other.sessionId))).toMatchObject({
      refusal: { code: "object_taken" },
    });
  });
});

describe("two of staff decide", () => {
  it("never the one who proposed it, not even around the use case", async () => {
    const payment = await quarantined();
    const id = await proposed(payment, null);
    expect(await confirm(payment, id, ann)).toMatchObject({ refusal: { code: "second_person_needed" } });
    await expect(
      world.owner`
        update payment_rulings set decision = 'confirmed', decided_by = proposed_by, decided_at = now()
        where id = ${id}`,
    ).rejects.toThrow("payment_rulings_two_check");
    expect(await factsOf(world, payment)).toMatchObject({ state: "sent" });
  });

  it.each(["support", "auditor"] as const)("not %s: neither proposes nor decides", async (role) => {
    const payment = await quarantined();
    const low = await staffOf(role);
    const wish = { ...refOf(payment), stripeId: null, reason: "why" };
    expect(await proposeRuling(low, wish, world)).toMatchObject({ refusal: { code: "not_allowed" } });
    const id = await proposed(payment, null);
    for (const decision of ["confirmed", "withdrawn"] as const) {
      const decided = await decideRuling(low, { ...refOf(payment), rulingId: id, decision }, world);
      expect(decided).toMatchObject({ refusal: { code: "not_allowed" } });
    }
  });

  it("one proposal at a time, with a reason, and once", async () => {
    const payment = await quarantined();
    const wish = { ...refOf(payment), stripeId: null };
    expect(await proposeRuling(ann, { ...wish, reason: " " }, world)).toMatchObject({
      refusal: { code: "reason_missing" },
    });
    const id = await proposed(payment, null);
    expect(await proposeRuling(bob, { ...wish, reason: "also" }, world)).toMatchObject({
      refusal: { code: "ruling_proposed" },
    });
    await confirm(payment, id);
    expect(await confirm(payment, id)).toMatchObject({ refusal: { code: "ruling_not_found" } });
  });
});
