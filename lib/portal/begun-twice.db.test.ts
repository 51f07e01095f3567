import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startAutoPayment } from "@/lib/billing/auto-pay/start-auto-payment";
import { startAutoTopUp } from "@/lib/billing/auto-pay/start-auto-top-up";
import { payLinkUrl } from "@/lib/billing/payment/pay-link";
import { newId } from "@/lib/kernel/id";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  payLinkToken,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectAllInOrder, expectBooksBalance } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { changePlan, showPlanChange } from "./change-plan";
import { payCombined, payDirect, payFromBalance } from "./pay";
import { payByLink } from "./pay-by-link";
import { renewNow, showRenewNow } from "./renew-now";
import type { PlanShown } from "./shapes";
import { topUp } from "./top-up";

const pairs = 24;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld({ max: 20 });
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

/** Without a balance: nothing of theirs was ever locked. */
async function withoutBalance(customer: TestCustomer): Promise<TestCustomer> {
  const [row] = await world.owner`
    select count(*)::int as balances from balances where customer_id = ${customer.customerId}`;
  expect(row?.balances).toBe(0);
  return customer;
}

async function paymentsMade(): Promise<number> {
  const [row] = await world.owner`select count(*)::int as made from payments`;
  return row?.made;
}

type Begin = () => Promise<{ ok: boolean }>;

/** Each way in which a customer begins a payment: what is clicked twice. */
const ways: Record<string, () => Promise<{ customer: TestCustomer; begin: Begin }>> = {
  "the first top-up": async () => {
    const customer = await withoutBalance(await makeCustomer(world));
    const wish = { paymentId: newId(world.clock) as string, currency: "USD", amount: "25" };
    return { customer, begin: () => topUp(customer.actor, wish, world) };
  },
  "an invoice on Stripe's page": async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { cardMinor: 3000n });
    return { customer, begin: () => payDirect(customer.actor, input, world) };
  },
  "an invoice by a saved card": async () => {
    const customer = await makeCustomer(world);
    const { id } = await saveCard(world, customer);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), cardId: id };
    return { customer, begin: () => payDirect(customer.actor, input, world) };
  },
  "an invoice from balance and card": async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
    return { customer, begin: () => payCombined(customer.actor, input, world) };
  },
  "an invoice from the balance": async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 3000n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { balanceMinor: 3000n });
    return { customer, begin: () => payFromBalance(customer.actor, input, world) };
  },
  "an invoice by a pay link": async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    const url = payLinkUrl(world, { customerId: customer.customerId, invoiceId: invoice.id, generation: 0 });
    const token = payLinkToken(url);
    const input = { ...plan(world, [invoice.id], { cardMinor: 3000n }), token, useBalance: false };
    return { customer, begin: () => payByLink(input, world) };
  },
  "a renewal ahead of its day": async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const shown = await showRenewNow(customer.actor, { serviceId, terms: 2 }, world);
    if (!shown.ok) throw new Error(shown.refusal.code);
    const paymentId = newId(world.clock) as string;
    const { direct } = shown.value as { direct: PlanShown };
    const input = { serviceId, terms: 2, how: "direct" as const, paymentId, plan: direct };
    return { customer, begin: () => renewNow(customer.actor, input, world) };
  },
};

describe("begun twice at once under one id, it is one payment", () => {
  it.each(Object.keys(ways))("%s", { timeout: 120_000 }, async (name) => {
    const clicked = [];
    for (let made = 0; made < pairs; made += 1) clicked.push(await ways[name]?.());
    const before = await paymentsMade();
    const answers = await Promise.all(
      clicked.map(async (one) => (one ? Promise.all([one.begin(), one.begin()]) : [])),
    );
    const refused = answers.flat().filter(({ ok }) => !ok);
    expect(refused).toEqual([]);
    expect((await paymentsMade()) - before).toBe(pairs);
  });

  it("a change of plan is refused the second time, and paid once", { timeout: 120_000 }, async () => {
    const clicked = [];
    for (let made = 0; made < pairs; made += 1) {
      const customer = await makeCustomer(world);
      const dear = await makePlan(world, { price: { USD: 2000n } });
      const serviceId = await makeActiveService(world, customer, await makePlan(world));
      await giveBalance(world, customer, 5000n);
      const wish = { serviceId, planId: dear, way: "at_once" as const };
      const page = await showPlanChange(customer.actor, wish, world);
      if (!page?.preview?.ok) throw new Error("there is a preview");
      const agreed = { ...wish, agreedMinor: page.preview.value.due.minor };
      clicked.push({ customer, begin: () => changePlan(customer.actor, agreed, world) });
    }
    const answers = await Promise.all(clicked.map(({ begin }) => Promise.all([begin(), begin()])));
    for (const pair of answers) expect(pair.filter(({ ok }) => ok)).toHaveLength(1);
  });
});

describe("begun by two workers at once, a card is charged once", () => {
  it("for renewals", { timeout: 120_000 }, async () => {
    const wishes = [];
    for (let made = 0; made < pairs; made += 1) {
      const customer = await makeCustomer(world);
      const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
      await turnOnAutoPay(world, customer, (await saveCard(world, customer)).id);
      const { id } = await makeRenewal(world, customer, serviceId);
      wishes.push({ customerId: customer.customerId, currency: "USD" as const, invoiceIds: [id] });
    }
    const started = await Promise.all(
      wishes.map((wish) => Promise.all([startAutoPayment(world, wish), startAutoPayment(world, wish)])),
    );
    for (const pair of started) {
      expect(pair.map(({ kind }) => kind).sort()).toEqual(["nothing", "stored"]);
    }
  });

  it("for a balance that is low", { timeout: 120_000 }, async () => {
    const wishes = [];
    for (let made = 0; made < pairs; made += 1) {
      const customer = await withoutBalance(await makeCustomer(world));
      await turnOnAutoPay(world, customer, (await saveCard(world, customer)).id, false);
      await world.owner`
        insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor,
          user_id, changed_at)
        values (${customer.customerId}, 'USD', true, 500, 2000, 5000, ${customer.actor.userId}, ${world.clock.now()})`;
      wishes.push({ customerId: customer.customerId, currency: "USD" as const, invoiceIds: null });
    }
    const started = await Promise.all(
      wishes.map((wish) => Promise.all([startAutoTopUp(world, wish), startAutoTopUp(world, wish)])),
    );
    for (const pair of started) expect(pair.filter((id) => id !== null)).toHaveLength(1);
  });
});
