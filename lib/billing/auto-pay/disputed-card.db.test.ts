import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { payOutBalance } from "@/lib/admin/pay-out-balance";
import { refundTopUp } from "@/lib/admin/refund-top-up";
import { deliverOutbox } from "@/lib/jobs/deliver-outbox";
import { newId, type RefundId } from "@/lib/kernel/id";
import { createMailer } from "@/lib/mail/mailer";
import { showAutoPay } from "@/lib/portal/auto-pay";
import { setAutoTopUp } from "@/lib/portal/auto-top-up";
import { abandonPayment, payDirect } from "@/lib/portal/pay";
import { type Mailbox, startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import {
  bankBalance,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance, startCombined } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { makeStaff } from "@/lib/testing/staff";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { runRenewals } from "../renewal/run-renewals";
import { chargeDue } from "./charge-due";
import { switchAutoPay } from "./switch-auto-pay";
import { topUpLow } from "./top-up-low";

const minute = 60_000;
const day = 86_400_000;

let world: StripeWorld;
let mailbox: Mailbox;
let finance: Awaited<ReturnType<typeof makeStaff>>;

beforeAll(async () => {
  [world, mailbox] = await Promise.all([openStripeWorld(), startMailbox({})]);
  finance = await makeStaff(world, "finance");
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world, { full: true });
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(async () => {
  await world.close();
  await mailbox.close();
});

/** 50.00 is added whenever less than 10.00 is there, at most 500.00 a month. */
async function toppingUp() {
  const customer = await makeCustomer(world);
  const card = await saveCard(world, customer);
  await turnOnAutoPay(world, customer, card.id, false);
  const settings = { threshold: "10.00", amount: "50.00", monthlyCap: "500.00" };
  expect(await setAutoTopUp(customer.actor, { currency: "USD", settings }, world)).toMatchObject({
    ok: true,
  });
  return { ...customer, card };
}

async function chargesOf({ customerId }: TestCustomer) {
  return world.owner`
    select id, stripe_charge_id from charges where customer_id = ${customerId} order by booked_at, id`;
}

async function noticesOf({ customerId }: TestCustomer): Promise<string[]> {
  const mailer = createMailer({ smtpUrl: mailbox.smtpUrl, mailFrom: "Ducky Cloud <billing@ducky.example>" });
  await deliverOutbox({ world, mailer, host: { name: "Ducky Cloud", url: world.portalUrl } }, 1000);
  const rows = await world.owner`
    select subject from notices where customer_id = ${customerId} order by created_at, id`;
  return rows.map(({ subject }) => subject as string);
}

describe("a card whose holder disputes a charge", () => {
  it("is charged no more automatically, and its customer is told", async () => {
    const customer = await toppingUp();
    expect(await topUpLow(world)).toBe(1);
    await world.control.webhooksIdle();
    const [charge] = await chargesOf(customer);
    await world.control.dispute(charge?.stripe_charge_id);
    await world.control.webhooksIdle();
    await pass(world, 40 * minute);
    expect(await topUpLow(world)).toBe(0);
    expect(await showAutoPay(customer.actor, world)).toMatchObject({
      topsUp: true,
      pausedBy: "card_disputed",
    });
    expect(await noticesOf(customer)).toContain(
      "Your card ending in 4242 is no longer charged automatically",
    );
    // Saved again it is the same card; another one is charged once its customer says so.
    await saveCard(world, customer);
    await saveCard(world, customer, "pm_card_mastercard");
    await pass(world, 2 * 60 * minute);
    expect(await topUpLow(world)).toBe(0);
    expect(await chargesOf(customer)).toHaveLength(1);
  });

  it("pays no renewal by Autopay when the dispute of an order is lost, until its customer turns it on again", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    await turnOnAutoPay(world, customer, card.id);
    const order = await makeOrder(world, customer, await makePlan(world), true);
    const paid = plan(world, [order.invoice.id], { cardMinor: 1000n });
    expect(await payDirect(customer.actor, { ...paid, cardId: card.id }, world)).toMatchObject({ ok: true });
    await world.control.webhooksIdle();
    const [charge] = await chargesOf(customer);
    const dispute = await world.control.dispute(charge?.stripe_charge_id);
    await world.control.webhooksIdle();
    await world.control.closeDispute(dispute.id, "lost");
    await world.control.webhooksIdle();
    const [service] = await world.owner`
      select expires_at from services where customer_id = ${customer.customerId}`;
    await pass(world, service?.expires_at.getTime() - world.clock.now().getTime() - 6 * day);
    await runRenewals(world);
    await pass(world, 5 * day + 14 * 60 * minute);
    await chargeDue(world);
    await world.control.webhooksIdle();
    expect(await chargesOf(customer)).toHaveLength(1);
    const { customerId, actor } = customer;
    const on = { customerId, userId: actor.userId, cardId: card.id, address: null };
    await switchAutoPay(world, world.app, { ...on, permit: async () => true });
    await pass(world, day);
    await chargeDue(world);
    await world.control.webhooksIdle();
    expect(await chargesOf(customer)).toHaveLength(2);
  });

  it("goes on where its bank only asks, or where another card was charged", async () => {
    const customer = await toppingUp();
    expect(await topUpLow(world)).toBe(1);
    await world.control.webhooksIdle();
    const [charge] = await chargesOf(customer);
    await world.control.dispute(charge?.stripe_charge_id, "inquiry");
    await world.control.webhooksIdle();
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ pausedBy: null });
    const other = await saveCard(world, customer, "pm_card_mastercard");
    const order = await makeOrder(world, customer, await makePlan(world));
    const paid = plan(world, [order.invoice.id], { cardMinor: 1000n });
    expect(await payDirect(customer.actor, { ...paid, cardId: other.id }, world)).toMatchObject({ ok: true });
    await world.control.webhooksIdle();
    await world.control.dispute((await chargesOf(customer))[1]?.stripe_charge_id);
    await world.control.webhooksIdle();
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ pausedBy: null });
  });
});

describe("auto top-up", () => {
  it("charges nothing for what an open payment holds", async () => {
    const customer = await toppingUp();
    await bankBalance(world, customer, 5000n);
    const invoice = await makeInvoice(world, customer, 6000n);
    const held = await startCombined(world, customer, [invoice.id], {
      balanceMinor: 5000n,
      cardMinor: 1000n,
    });
    expect(await topUpLow(world)).toBe(0);
    await abandonPayment(customer.actor, { paymentId: held.paymentId }, world);
    await world.control.webhooksIdle();
    expect(await topUpLow(world)).toBe(0);
  });

  it("is off once staff have sent balance back to the card or by bank, and the customer is told", async () => {
    const refunded = await toppingUp();
    expect(await topUpLow(world)).toBe(1);
    await world.control.webhooksIdle();
    const [charge] = await chargesOf(refunded);
    const back = { currency: "USD", amount: "50.00", seenMinor: 5000n, reason: "wants it back" } as const;
    const refundId = newId<RefundId>(world.clock);
    const { customerId } = refunded;
    expect(
      await refundTopUp(finance, { ...back, customerId, chargeId: charge?.id, refundId }, world),
    ).toMatchObject({ ok: true });
    await world.control.webhooksIdle();
    const paidOut = await toppingUp();
    await bankBalance(world, paidOut, 5000n);
    expect(
      await payOutBalance(finance, { ...back, customerId: paidOut.customerId, payoutId: newId() }, world),
    ).toMatchObject({
      ok: true,
    });
    await pass(world, 2 * 60 * minute);
    expect(await topUpLow(world)).toBe(0);
    for (const customer of [refunded, paidOut]) {
      expect(await showAutoPay(customer.actor, world)).toMatchObject({ topsUp: false });
      expect(await noticesOf(customer)).toContain("Auto top-up is off");
    }
  });
});
