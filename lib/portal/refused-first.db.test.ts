import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  plan,
} from "@/lib/testing/fixtures";
import {
  type AtStripe,
  balanceOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { changePlan } from "./change-plan";
import { payCombined, payDirect, payFromBalance } from "./pay";
import { renewNow, showRenewNow } from "./renew-now";

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

async function expectStillOpen(payment: AtStripe): Promise<void> {
  expect(await factsOf(world, payment)).toMatchObject({ state: "sent" });
  const page = await world.gateway.readCheckout(payment.sessionId);
  expect(page).toMatchObject({ outcome: "succeeded", value: { status: "open" } });
}

/** An invoice of 3000 that waits at Stripe's page, 800 of it held from the balance. */
async function combinedAtStripe() {
  const customer = await makeCustomer(world);
  const invoice = await makeInvoice(world, customer, 3000n);
  await giveBalance(world, customer, 800n);
  const amounts = { balanceMinor: 800n, cardMinor: 2200n };
  return { invoice, customer, payment: await startCombined(world, customer, [invoice.id], amounts) };
}

describe("what is refused costs nobody the page that they have open", () => {
  it("paying from a balance that is too low", async () => {
    const { customer, invoice, payment } = await combinedAtStripe();
    const input = plan(world, [invoice.id], { balanceMinor: 3000n });
    expect(await payFromBalance(customer.actor, input, world)).toMatchObject({
      ok: false,
      refusal: { code: "balance_too_low", shortBy: { minor: 2200n } },
    });
    await expectStillOpen(payment);
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 800n });
  });

  it("a plan that holds no longer, and more balance than there is", async () => {
    const { customer, invoice, payment } = await combinedAtStripe();
    const stale = plan(world, [invoice.id], { balanceMinor: 100n, cardMinor: 2900n });
    expect(await payCombined(customer.actor, stale, world)).toMatchObject({
      refusal: { code: "plan_changed", plan: { balanceMinor: "800", cardMinor: "2200" } },
    });
    const tooMuch = { ...stale, useBalance: "801" };
    expect(await payCombined(customer.actor, tooMuch, world)).toMatchObject({
      refusal: { code: "amount_too_large", available: { minor: 800n } },
    });
    await expectStillOpen(payment);
  });

  it("an invoice that was issued for the open payment: it would be void once that is closed", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const shown = await showRenewNow(customer.actor, { serviceId, terms: 1 }, world);
    if (!shown.ok) throw new Error(shown.refusal.code);
    const paymentId = newId(world.clock) as string;
    const input = { serviceId, terms: 1, how: "direct" as const, paymentId, plan: shown.value.direct };
    const payment = await ledToStripe(world, customer, await renewNow(customer.actor, input, world));
    const [claim] = await world.owner`select invoice_id from invoice_claims where payment_id = ${paymentId}`;
    const other = plan(world, [claim?.invoice_id], { cardMinor: 1000n });
    expect(await payDirect(customer.actor, other, world)).toEqual({
      ok: false,
      refusal: { code: "payment_in_progress", paymentId },
    });
    await expectStillOpen(payment);
    expect(await factsOf(world, payment)).toMatchObject({ invoices: ["open"] });
  });

  it("a change of plan that costs other than was agreed, or more than there is", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world));
    const planId = await makePlan(world, { price: { USD: 2000n } });
    const renewal = await makeRenewal(world, customer, serviceId);
    const payment = await startDirect(world, customer, [renewal.id], { cardMinor: 1000n });
    const wish = { serviceId, planId, way: "at_once" as const };
    expect(await changePlan(customer.actor, { ...wish, agreedMinor: 1n }, world)).toMatchObject({
      refusal: { code: "plan_change_differs" },
    });
    expect(await changePlan(customer.actor, { ...wish, agreedMinor: 1000n }, world)).toMatchObject({
      refusal: { code: "balance_too_low" },
    });
    await expectStillOpen(payment);
  });

  it("bank money in another currency, or of a receipt that is recorded already", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 3000n });
    const receipt = (currency: "EUR" | "USD") => ({
      id: newId<BankReceiptId>(world.clock),
      amount: money(500n, currency),
      valueDate: "2026-03-10" as CalendarDay,
      reference: newId(world.clock) as string,
      sender: "",
      userId: customer.actor.userId,
    });
    const { customerId } = customer;
    const wish = { customerId, receipt: receipt("EUR"), invoiceIds: [invoice.id] };
    expect(await recordBankPayment(world, world.staff, wish)).toMatchObject({
      refusal: { code: "currencies_differ" },
    });
    await expectStillOpen(payment);
    const known = { customerId, receipt: receipt("USD"), invoiceIds: [] };
    expect(await recordBankPayment(world, world.staff, known)).toMatchObject({ ok: true });
    await recordBankPayment(world, world.staff, { ...known, invoiceIds: [invoice.id] });
    await expectStillOpen(payment);
  });
});

it("what the open payment holds counts as available for the act that closes it", async () => {
  const { customer, invoice, payment } = await combinedAtStripe();
  await giveBalance(world, customer, 2200n);
  const input = plan(world, [invoice.id], { balanceMinor: 3000n });
  expect(await payFromBalance(customer.actor, input, world)).toMatchObject({ value: { kind: "paid" } });
  expect(await factsOf(world, payment)).toMatchObject({ state: "canceled", openHolds: 0 });
});
