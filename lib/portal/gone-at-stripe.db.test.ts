import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chargeDue } from "@/lib/billing/auto-pay/charge-due";
import { ensureStripeCustomer } from "@/lib/billing/payment/ensure-stripe-customer";
import { settle } from "@/lib/billing/payment/settle";
import { updateStripeCustomers } from "@/lib/billing/payment/update-stripe-customers";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { type InvoiceId, newId } from "@/lib/kernel/id";
import {
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  startDirect,
} from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { testSecretKey } from "@/lib/testing/world";
import { addCard } from "./add-card";
import { showAutoPay } from "./auto-pay";
import { removeCard } from "./change-cards";
import { changeCompany } from "./change-company";
import { listCards } from "./list-cards";
import { payDirect } from "./pay";
import { topUp } from "./top-up";

const day = 86_400_000;

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

/** What somebody does in Stripe's own dashboard. */
async function atStripe(method: "GET" | "POST" | "DELETE", path: string, body?: Record<string, string>) {
  const answer = await fetch(`${world.stripeUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${testSecretKey}` },
    ...(body ? { body: new URLSearchParams(body) } : {}),
  });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as Record<string, unknown>;
}

const openOf = async ({ customerId }: TestCustomer) => {
  const known = await ensureStripeCustomer(world, customerId, async () => true);
  if (known.kind !== "known") throw new Error(known.kind);
  return known.stripeCustomerId;
};

async function stripeIdOf({ customerId }: TestCustomer): Promise<string | null> {
  const [row] = await world.owner`select stripe_customer_id from customers where id = ${customerId}`;
  return row?.stripe_customer_id;
}

/** The ways in which Stripe has a customer no more, while its event is late. */
const ways: [string, (customer: TestCustomer, id: string) => Promise<unknown>][] = [
  ["was deleted there", (_, id) => atStripe("DELETE", `/v1/customers/${id}`)],
  [
    "belongs to the account of other keys",
    async ({ customerId }, id) => {
      const other = `cus_other_${newId()}`;
      await world.owner`update customers set stripe_customer_id = ${other} where id = ${customerId}`;
      await world.owner`update stripe_objects set id = ${other} where id = ${id}`;
    },
  ],
];

const storedTold = ({ customerId }: TestCustomer) => world.owner`
  select topic from outbox where customer_id = ${customerId} and topic = 'autopay.stopped'`;

describe.each(ways)("a customer who %s", (_, remove) => {
  it("is made anew once, and is led to the page in the same click", async () => {
    const customer = await makeCustomer(world);
    const old = await openOf(customer);
    await world.control.holdWebhooks();
    await remove(customer, old);
    const { id } = await makeInvoice(world, customer, 1000n);
    const payment = await startDirect(world, customer, [id], { cardMinor: 1000n });
    const anew = await stripeIdOf(customer);
    expect(anew).toMatch(/^cus_/);
    expect(anew).not.toBe(old);
    await world.control.deliverWebhooks();
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", invoices: ["paid"] });
    expect(await stripeIdOf(customer)).toBe(anew);
  });

  it("tops up, and saves a card, in the same click", async () => {
    const [one, other] = [await makeCustomer(world), await makeCustomer(world)];
    await world.control.holdWebhooks();
    for (const customer of [one, other]) await remove(customer, await openOf(customer));
    const wish = { paymentId: newId(), amount: "20", currency: "USD" };
    await ledToStripe(world, one, await topUp(one.actor, wish, world));
    expect(await addCard(other.actor, { formId: newId() }, world)).toMatchObject({ ok: true });
  });

  it("is told to choose another card, whose old ones leave the list; autopay stops, by mail", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    await turnOnAutoPay(world, customer, card.id);
    await world.control.holdWebhooks();
    await remove(customer, await openOf(customer));
    const { id } = await makeInvoice(world, customer, 1000n);
    const input = { ...plan(world, [id], { cardMinor: 1000n }), cardId: card.id };
    expect(await payDirect(customer.actor, input, world)).toEqual({
      ok: false,
      refusal: { code: "card_not_found" },
    });
    expect((await listCards(customer.actor, world)).cards).toEqual([]);
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ isOn: true, pausedBy: "card_removed" });
    expect(await storedTold(customer)).toHaveLength(1);
    // The page is the way on, and another card takes its place.
    const again = plan(world, [id], { cardMinor: 1000n });
    await ledToStripe(world, customer, await payDirect(customer.actor, again, world));
    await saveCard(world, customer, "pm_card_mastercard");
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ pausedBy: null });
  });

  it("removes a saved card all the same", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    await world.control.holdWebhooks();
    await remove(customer, await openOf(customer));
    expect(await removeCard(customer.actor, { cardId: card.id }, world)).toMatchObject({ ok: true });
    expect((await listCards(customer.actor, world)).cards).toEqual([]);
  });

  it("is not made anew once closed: the payment ends", async () => {
    const customer = await makeCustomer(world);
    const old = await openOf(customer);
    const { id } = await makeInvoice(world, customer, 1000n);
    const cut = seenBy(world, {
      gateway: { ...world.gateway, createCheckout: async () => ({ outcome: "unknown", reason: "cut" }) },
    });
    const input = plan(world, [id], { cardMinor: 1000n });
    expect(await payDirect(customer.actor, input, cut)).toMatchObject({ value: { kind: "confirming" } });
    await world.control.holdWebhooks();
    await remove(customer, old);
    // Of other keys, what was stored to be sent is of theirs too.
    const gone = await stripeIdOf(customer);
    await world.owner`update payments set request = jsonb_set(request, '{stripeCustomerId}', to_jsonb(${gone}::text))
      where id = ${input.paymentId}`;
    await world.owner`update customers set closed_at = now() where id = ${customer.customerId}`;
    await pass(world, 61_000);
    const ref = { customerId: customer.customerId, paymentId: input.paymentId as never };
    await settle(world, ref);
    expect(await factsOf(world, ref)).toMatchObject({ state: "failed", claims: 0 });
    expect(await stripeIdOf(customer)).toBeNull();
  });
});

describe("what Stripe says of a customer", () => {
  it("that it was deleted corrects our copy, and stops autopay", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    await turnOnAutoPay(world, customer, card.id);
    await atStripe("DELETE", `/v1/customers/${await openOf(customer)}`);
    await world.control.webhooksIdle();
    expect(await stripeIdOf(customer)).toBeNull();
    expect((await listCards(customer.actor, world)).cards).toEqual([]);
    expect(await storedTold(customer)).toHaveLength(1);
  });

  it("that a card was removed there takes it from the list, and stops autopay with its reason", async () => {
    const customer = await makeCustomer(world);
    const card = await saveCard(world, customer);
    await turnOnAutoPay(world, customer, card.id);
    await atStripe("POST", `/v1/payment_methods/${card.stripeId}/detach`);
    await world.control.webhooksIdle();
    expect((await listCards(customer.actor, world)).cards).toEqual([]);
    expect(await showAutoPay(customer.actor, world)).toMatchObject({ isOn: true, pausedBy: "card_removed" });
    expect(await storedTold(customer)).toHaveLength(1);
  });

  it("a card whose removal was never told is found gone when it is charged, and not charged again", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const card = await saveCard(world, customer);
    await turnOnAutoPay(world, customer, card.id);
    const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
    await pass(world, service?.expires_at.getTime() - 7 * day - world.clock.now().getTime());
    await runRenewals(world);
    await pass(world, 6 * day);
    await world.control.holdWebhooks();
    await atStripe("POST", `/v1/payment_methods/${card.stripeId}/detach`);
    await chargeDue(world);
    const attempts = () => world.owner`
      select state, failure_code from payments where customer_id = ${customer.customerId} and origin = 'auto'
        and card_minor > 0`;
    expect(await attempts()).toEqual([{ state: "failed", failure_code: "card_gone" }]);
    const [stopped] = await world.owner`
      select stopped_code from auto_charges where customer_id = ${customer.customerId}`;
    expect(stopped).toEqual({ stopped_code: "card_removed" });
    for (let days = 0; days < 8; days += 1) {
      await pass(world, day);
      await chargeDue(world);
    }
    expect(await attempts()).toHaveLength(1);
    expect(await storedTold(customer)).toHaveLength(1);
  });
});

describe("a customer's name and address at Stripe", () => {
  const company = { address: "1 Pond Lane", taxId: "", locale: "en" as const };

  it("an address that Stripe does not take locks nobody out", async () => {
    const customer = await makeCustomer(world);
    await world.owner`update customers set email = 'ada..duck@pond' where id = ${customer.customerId}`;
    const { id } = await makeInvoice(world, customer, 1000n);
    await startDirect(world, customer, [id as InvoiceId], { cardMinor: 1000n });
    const made = await atStripe("GET", `/v1/customers/${await stripeIdOf(customer)}`);
    expect(made.email).toBeNull();
  });

  it("follow a change here, once Stripe can be reached, and the change waits for nobody", async () => {
    const customer = await makeCustomer(world);
    const stripeId = await openOf(customer);
    await updateStripeCustomers(world, 1_000);
    await world.control.fault({ kind: "error_500", path: `/v1/customers/${stripeId}`, times: 1 });
    const changed = await changeCompany(customer.actor, { ...company, name: "Pond & Sons" }, world);
    expect(changed).toMatchObject({ ok: true });
    expect(await updateStripeCustomers(world)).toBe(0);
    expect(await updateStripeCustomers(world)).toBe(0);
    await pass(world, 16 * 60_000);
    expect(await updateStripeCustomers(world)).toBe(1);
    expect(await atStripe("GET", `/v1/customers/${stripeId}`)).toMatchObject({ name: "Pond & Sons" });
    expect(await updateStripeCustomers(world)).toBe(0);
  });

  it("are put right where somebody changed them there, and an address that is refused is left out", async () => {
    const customer = await makeCustomer(world);
    const stripeId = await openOf(customer);
    await updateStripeCustomers(world, 1_000);
    await atStripe("POST", `/v1/customers/${stripeId}`, { name: "Somebody" });
    await world.control.webhooksIdle();
    await world.owner`update customers set email = 'ada..duck@pond' where id = ${customer.customerId}`;
    expect(await updateStripeCustomers(world)).toBe(1);
    const [row] = await world.owner`select name from customers where id = ${customer.customerId}`;
    expect(await atStripe("GET", `/v1/customers/${stripeId}`)).toMatchObject({ name: row?.name });
    await world.control.webhooksIdle();
    expect(await updateStripeCustomers(world)).toBe(0);
  });
});
