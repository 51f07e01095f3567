import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CheckoutRequest } from "@/lib/gateway/port";
import { changePlan, showPlanChange } from "@/lib/portal/change-plan";
import { abandonPayment } from "@/lib/portal/pay";
import { type BookedCharge, charged, ledgerOf, refundWish, toppedUp } from "@/lib/testing/charged";
import { makeCustomer, makeInvoice, makeOrder, makePlan } from "@/lib/testing/fixtures";
import { holdRows } from "@/lib/testing/held-lock";
import { balanceOf, expectAllInOrder, expectBooksBalance, startDirect } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld, untilCaptured } from "@/lib/testing/stripe-world";
import { settleRefund } from "../refund/settle-refund";
import { type RefundWish, startRefund } from "../refund/start-refund";
import { settleDispute } from "./settle-dispute";

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

async function dispute(charge: BookedCharge): Promise<string> {
  const { id } = await world.control.dispute(charge.stripeChargeId);
  await world.control.webhooksIdle();
  return id;
}

async function close(id: string, outcome: "won" | "lost"): Promise<void> {
  await world.control.closeDispute(id, outcome);
  await world.control.webhooksIdle();
}

async function appealWon(id: string): Promise<void> {
  await world.control.appealDispute(id);
  await close(id, "won");
}

/** Refunds all of a top-up; Stripe has it, and says so. */
async function refund(charge: BookedCharge, minor = charge.minor): Promise<{ wish: RefundWish; id: string }> {
  const wish = await refundWish(world, charge, minor);
  await startRefund(world, world.staff, wish);
  await settleRefund(world, wish);
  const [row] = await world.owner`select stripe_refund_id from refunds where id = ${wish.refundId}`;
  return { wish, id: row?.stripe_refund_id };
}

async function bankFails(stripeRefundId: string): Promise<void> {
  await world.control.settleRefund(stripeRefundId, "fails");
  await world.control.webhooksIdle();
}

/** Two charges of one payment that had ended unpaid: the first pays its invoice, the second is on the balance. */
async function twoThatCameLate(): Promise<[BookedCharge, BookedCharge]> {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, 2000n);
  const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 2000n });
  await abandonPayment(customer.actor, payment, world);
  const [row] = await world.owner`select request from payments where id = ${payment.paymentId}`;
  const expiresAt = Math.floor(world.clock.now().getTime() / 1000) + 45 * 60;
  const late = async (key: string): Promise<BookedCharge> => {
    const request = { ...(row?.request as CheckoutRequest), expiresAt };
    const made = await world.gateway.createCheckout(request, `${key}/${payment.paymentId}`);
    if (made.outcome !== "succeeded") throw new Error("Stripe makes the page");
    await world.control.pay(made.value.id);
    await world.control.webhooksIdle();
    await untilCaptured(world);
    const [charge] = await world.owner`
      select id, stripe_charge_id, amount_minor from charges where payment_id = ${payment.paymentId}
      order by booked_at desc, id desc limit 1`;
    const { paymentId } = payment;
    const [chargeId, stripeChargeId, minor] = [charge?.id, charge?.stripe_charge_id, charge?.amount_minor];
    return { customer, paymentId, chargeId, stripeChargeId, minor };
  };
  return [await late("first"), await late("second")];
}

describe("of two charges that came late for one payment", () => {
  it("what one frees is not kept for the other's dispute", async () => {
    const [first, second] = await twoThatCameLate();
    expect(await balanceOf(world, first.customer)).toEqual({ posted: 2000n, held: 0n });
    const { id: refundId } = await refund(second);
    const id = await dispute(first);
    expect(await balanceOf(world, first.customer)).toEqual({ posted: 0n, held: 0n });
    await bankFails(refundId);
    expect(await balanceOf(world, first.customer)).toEqual({ posted: 2000n, held: 0n });
    await close(id, "won");
  });

  it("what the disputed one frees is kept for its own dispute", async () => {
    const [, second] = await twoThatCameLate();
    const { id: refundId } = await refund(second);
    const id = await dispute(second);
    await bankFails(refundId);
    expect(await balanceOf(world, second.customer)).toEqual({ posted: 2000n, held: 2000n });
    await close(id, "won");
  });
});

describe("a charge that is lost and whose refund comes to nothing", () => {
  it("is lost once: the refund was unknown, and Stripe never had it", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const wish = await refundWish(world, charge, 5000n);
    await startRefund(world, world.staff, wish);
    await world.control.fault({ kind: "drop_before", method: "POST", path: "/v1/refunds", times: 2 });
    expect(await settleRefund(world, wish)).toMatchObject({ kind: "unknown" });
    const id = await dispute(charge);
    await close(id, "lost");
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ dispute_loss: 5000n });
    world.clock.advance(25 * 3_600_000);
    expect(await settleRefund(world, wish)).toMatchObject({ kind: "settled", state: "failed" });
    await expectNothing(charge);
  });

  it("is lost once: the refund succeeded, and the bank refused it after the dispute was lost", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const { id: refundId } = await refund(charge);
    const id = await dispute(charge);
    await close(id, "lost");
    await bankFails(refundId);
    await expectNothing(charge);
    await appealWon(id);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
  });

  it("holds again for the open dispute what the failed refund frees", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const { id: refundId } = await refund(charge, 3000n);
    const id = await dispute(charge);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 2000n, held: 2000n });
    await bankFails(refundId);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 5000n });
    await close(id, "lost");
    await expectNothing(charge);
  });

  it("is lost once, though the bank refuses the refund while the dispute is being lost, and each is heard of twice", async () => {
    for (const _ of [1, 2, 3]) {
      const charge = await toppedUp(world, await makeCustomer(world), 5000n);
      const { wish, id: refundId } = await refund(charge);
      const id = await dispute(charge);
      await world.control.dropWebhooks();
      await world.control.closeDispute(id, "lost");
      await world.control.settleRefund(refundId, "fails");
      const lock = await holdRows(world, "balances", charge.customer.customerId);
      const both = [1, 2].flatMap(() => [settleRefund(world, wish), settleDispute(world, id)]);
      await lock.untilAwaited();
      await lock.release();
      await Promise.all(both);
      await expectNothing(charge);
      await world.control.deliverWebhooks();
    }
  });

  async function expectNothing({ customer }: BookedCharge): Promise<void> {
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    const ledger = await ledgerOf(world, customer);
    expect([ledger.dispute_loss, ledger.customer_debt]).toEqual([undefined, undefined]);
  }
});

it("what little is taken beyond a lost dispute is the host's, and comes back to them", async () => {
  const charge = await toppedUp(world, await makeCustomer(world), 5000n);
  const { id } = await world.control.dispute(charge.stripeChargeId);
  await world.control.closeDispute(id, "lost");
  await world.control.webhooksIdle();
  const lost = await ledgerOf(world, charge.customer);
  await world.control.adjustDispute(id, -13);
  await world.control.webhooksIdle();
  expect(await ledgerOf(world, charge.customer)).toEqual({
    ...lost,
    dispute_loss: 13n,
    gateway_clearing: (lost.gateway_clearing ?? 0n) - 13n,
  });
  await expectBooksBalance(world);
  await world.control.adjustDispute(id, 13);
  await world.control.webhooksIdle();
  expect(await ledgerOf(world, charge.customer)).toEqual(lost);
});

it("a dispute of a part, with its fee apart, comes back in part while it is open and is lost for the rest", async () => {
  const charge = await toppedUp(world, await makeCustomer(world), 5000n);
  const { id } = await world.control.dispute(charge.stripeChargeId, "chargeback", {
    amountMinor: 2000,
    feeApart: true,
  });
  await world.control.webhooksIdle();
  expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 2000n });
  await world.control.moveDispute(id, { reinstates: 500 });
  await world.control.webhooksIdle();
  expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 1500n });
  await close(id, "lost");
  expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3500n, held: 0n });
  await appealWon(id);
  expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
});

describe("a yearly term of 120.00, paid by card", () => {
  async function yearly() {
    const customer = await makeCustomer(world);
    const large = await makePlan(world, { unit: "year", price: { USD: 12_000n } });
    const small = await makePlan(world, { unit: "year", price: { USD: 1_000n } });
    const order = await makeOrder(world, customer, large);
    const at = await startDirect(world, customer, [order.invoice.id], { cardMinor: 12_000n });
    const charge = await charged(world, customer, at.paymentId, at.sessionId);
    const wish = { serviceId: order.serviceId, planId: small, way: "at_once" as const };
    const downgrade = async () => {
      const shown = await showPlanChange(customer.actor, wish, world);
      const preview = shown?.preview;
      const agreedMinor = preview?.ok ? preview.value.due.minor : 0n;
      return changePlan(customer.actor, { ...wish, agreedMinor }, world);
    };
    return { customer, charge, downgrade };
  }

  it("that is lost is credited to the loss, and to nobody's balance", async () => {
    const { customer, charge, downgrade } = await yearly();
    await close(await dispute(charge), "lost");
    expect(await ledgerOf(world, customer)).toMatchObject({ dispute_loss: 12_000n });
    expect(await downgrade()).toMatchObject({ ok: true });
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    expect(await ledgerOf(world, customer)).toMatchObject({ dispute_loss: 1_000n });
  });

  it("that is lost, credited and won on appeal: the loss is reversed, the credit is the customer's", async () => {
    const { customer, charge, downgrade } = await yearly();
    const id = await dispute(charge);
    await close(id, "lost");
    await downgrade();
    await appealWon(id);
    expect(await balanceOf(world, customer)).toEqual({ posted: 11_000n, held: 0n });
    expect((await ledgerOf(world, customer)).dispute_loss).toBeUndefined();
  });

  it("is lost while its plan is being changed: the credit goes to the loss, or is held for the dispute", async () => {
    for (const _ of [1, 2, 3]) {
      const { customer, charge, downgrade } = await yearly();
      const id = await dispute(charge);
      await world.control.dropWebhooks();
      await world.control.closeDispute(id, "lost");
      const lock = await holdRows(world, "balances", customer.customerId);
      const both = [settleDispute(world, id), downgrade()];
      await lock.untilAwaited();
      await lock.release();
      await Promise.all(both);
      expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
      await world.control.deliverWebhooks();
    }
  });

  it("has no change of plan at once while its dispute is open", async () => {
    const { customer, charge, downgrade } = await yearly();
    const id = await dispute(charge);
    expect(await downgrade()).toMatchObject({ ok: false, refusal: { code: "payment_disputed" } });
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    await close(id, "won");
    expect(await downgrade()).toMatchObject({ ok: true });
    expect(await balanceOf(world, customer)).toEqual({ posted: 11_000n, held: 0n });
  });
});
