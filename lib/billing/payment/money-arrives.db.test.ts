import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { InvoiceId, ServiceId } from "@/lib/kernel/id";
import { newId } from "@/lib/kernel/id";
import { topUp } from "@/lib/portal/top-up";
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
  balanceOf,
  expectAllInOrder,
  expectBooksBalance,
  ledToStripe,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";

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

async function statesOf(ids: readonly InvoiceId[]): Promise<string[]> {
  const rows = await world.owner`select id, state from invoices where id = any(${[...ids]}::uuid[])`;
  return ids.map((id) => rows.find((row) => row.id === id)?.state);
}

/** A service with two open terms: the next one, and the one after it. */
async function twoTerms(isAutoRenew: boolean) {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), isAutoRenew);
  const first = await makeRenewal(world, customer, serviceId);
  const second = await afterTermOf(customer, serviceId, first.id);
  return { customer, first: first.id, second };
}

/** As "renew now" for several terms makes them: the next invoice, after the one that is open. */
async function afterTermOf(customer: TestCustomer, serviceId: ServiceId, invoiceId: InvoiceId) {
  const [line] = await world.owner`select term_ends_at from invoice_lines where invoice_id = ${invoiceId}`;
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  await world.owner`update services set expires_at = ${line?.term_ends_at} where id = ${serviceId}`;
  const invoice = await makeRenewal(world, customer, serviceId);
  await world.owner`update services set expires_at = ${service?.expires_at} where id = ${serviceId}`;
  return invoice.id;
}

async function toppedUp(customer: TestCustomer, amount: string, invoiceId: InvoiceId): Promise<void> {
  const wish = { paymentId: newId(), currency: "USD", amount, invoiceId };
  const started = await topUp(customer.actor, wish, world);
  const { sessionId } = await ledToStripe(world, customer, started as never);
  await world.control.pay(sessionId);
  await world.control.webhooksIdle();
}

/** The invoices of each payment of which the customer is told that it renewed something by itself. */
async function toldRenewed({ customerId }: TestCustomer): Promise<InvoiceId[][]> {
  const rows = await world.owner`
    select array(select s.invoice_id from payment_shares s where s.customer_id = o.customer_id
      and s.payment_id = (o.payload->>'paymentId')::uuid order by s.invoice_id) as ids
    from outbox o where o.customer_id = ${customerId} and o.topic = 'renewal.paid' order by o.id`;
  return rows.map(({ ids }) => ids);
}

describe("a top-up begun from a later term of a service", () => {
  it("pays the earlier one first and then it, whatever their auto-renew", async () => {
    const { customer, first, second } = await twoTerms(false);
    await toppedUp(customer, "20", second);
    expect(await statesOf([first, second])).toEqual(["paid", "paid"]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
  });

  it("that reaches for one of them pays the earlier", async () => {
    const { customer, first, second } = await twoTerms(false);
    await toppedUp(customer, "15", second);
    expect(await statesOf([first, second])).toEqual(["paid", "open"]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 500n, held: 0n });
  });

  it("begun from the earlier does not pay the later, which nobody asked for", async () => {
    const { customer, first, second } = await twoTerms(false);
    await toppedUp(customer, "20", first);
    expect(await statesOf([first, second])).toEqual(["paid", "open"]);
  });
});

describe("money of a card payment that becomes balance", () => {
  it("settles a waiting auto-renew invoice from its excess, in the same transaction", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world, { price: { USD: 25n } });
    const serviceId = await makeActiveService(world, customer, planId, true);
    const waiting = await makeRenewal(world, customer, serviceId);
    const invoice = await makeInvoice(world, customer, 20n);
    const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 50n, excessMinor: 30n });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    const [row] = await world.jobs.sql`select state, paid_at from invoices where id = ${waiting.id}`;
    expect(row).toEqual({ state: "paid", paid_at: world.clock.now() });
    expect(await balanceOf(world, customer)).toEqual({ posted: 5n, held: 0n });
  });

  it("leaves an invoice alone that a payment claims, and looks at it again when that has ended", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const renewal = await makeRenewal(world, customer, serviceId);
    const payment = await startDirect(world, customer, [renewal.id], { cardMinor: 1000n });
    await giveBalance(world, customer, 1000n);
    expect(await statesOf([renewal.id])).toEqual(["open"]);
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await statesOf([renewal.id])).toEqual(["paid"]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    expect(await toldRenewed(customer)).toEqual([[renewal.id]]);
  });

  it("tells what it settled where its payment was over, since no receipt does", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const renewal = await makeRenewal(world, customer, serviceId);
    const payment = await startDirect(world, customer, [renewal.id], { cardMinor: 1000n });
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    await world.control.pay(payment.sessionId, { afterExpiry: true });
    await world.control.webhooksIdle();
    expect(await statesOf([renewal.id])).toEqual(["paid"]);
    expect(await toldRenewed(customer)).toEqual([[renewal.id]]);
  });

  it("tells nothing beside its receipt", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const renewal = await makeRenewal(world, customer, serviceId);
    await toppedUp(customer, "10", renewal.id);
    expect(await statesOf([renewal.id])).toEqual(["paid"]);
    expect(await toldRenewed(customer)).toEqual([]);
  });

  it("is in the record as what follows by itself, beside who brought the money", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const renewal = await makeRenewal(world, customer, serviceId);
    await giveBalance(world, customer, 1_000n);
    expect(await statesOf([renewal.id])).toEqual(["paid"]);
    const rows = await world.owner`
      select verb, actor from activities where customer_id = ${customer.customerId} order by id desc limit 3`;
    expect(rows.map(({ verb, actor }) => `${verb} ${actor}`)).toEqual([
      "service_renewed system",
      "invoice_paid system",
      "goodwill_given staff",
    ]);
  });

  it("does not touch what another payment holds", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    await giveBalance(world, customer, 900n);
    const work = await makeInvoice(world, customer, 2000n);
    await startCombined(world, customer, [work.id], { balanceMinor: 900n, cardMinor: 1100n });
    const renewal = await makeRenewal(world, customer, serviceId);
    await giveBalance(world, customer, 999n);
    expect(await statesOf([renewal.id])).toEqual(["open"]);
    await giveBalance(world, customer, 1n);
    expect(await statesOf([renewal.id])).toEqual(["paid"]);
    expect(await balanceOf(world, customer)).toEqual({ posted: 900n, held: 900n });
  });
});
