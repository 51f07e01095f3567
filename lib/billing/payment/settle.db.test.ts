import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { InvoiceId } from "@/lib/kernel/id";
import { payDirect } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import {
  type AtStripe,
  balanceOf,
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { permutations } from "@/lib/testing/permutations";
import { calm, openStripeWorld, pass, type StripeWorld, untilCaptured } from "@/lib/testing/stripe-world";
import { pollPayments } from "./poll-payments";
import { settle } from "./settle";

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

/** A customer with an order to pay: paid, it has exactly one term. */
async function customerWithOrder(priceMinor = 1000n): Promise<{ customer: TestCustomer; order: InvoiceId }> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: priceMinor } });
  const { invoice } = await makeOrder(world, customer, planId);
  return { customer, order: invoice.id };
}

/** Those who bring a payment's outcome, each as it comes by itself. */
const bringers: Record<string, (payment: AtStripe) => Promise<unknown>> = {
  webhook: () => world.control.releaseWebhooks(),
  "return page": (payment) => paymentOutcome(payment.customer.actor, payment.paymentId, world),
  poller: () => {
    world.clock.advance(61_000);
    return pollPayments(world, 1000);
  },
  "staff's sync": (payment) => settle(world, payment),
};

const paidOnce = {
  state: "succeeded",
  isPolled: false,
  charges: 1,
  claims: 0,
  openHolds: 0,
  terms: 1,
  toBalance: 0n,
  invoices: ["paid"],
  tasks: [],
};

describe("a direct payment that was paid at Stripe", () => {
  for (const [name, bring] of Object.entries(bringers)) {
    it(`is settled by the ${name} alone`, async () => {
      const { customer, order } = await customerWithOrder();
      await world.control.holdWebhooks();
      const payment = await startDirect(world, customer, [order], { cardMinor: 1000n });
      expect(await factsOf(world, payment)).toMatchObject({
        state: "sent",
        claims: 1,
        charges: 0,
        invoices: ["open"],
      });
      await world.control.pay(payment.sessionId);
      await bring(payment);
      expect(await factsOf(world, payment)).toMatchObject({
        ...paidOnce,
        fromStripe: 1000n,
        allocated: 1000n,
        fromHolds: 0n,
      });
    });
  }

  it.each(
    permutations(["webhook", "return page", "poller"]).map((order) => ({ order, name: order.join(", ") })),
  )("is settled by the first and left alone by the others: $name", async ({ order: names }) => {
    const { customer, order } = await customerWithOrder();
    await world.control.holdWebhooks();
    const payment = await startDirect(world, customer, [order], { cardMinor: 1000n });
    await world.control.pay(payment.sessionId);
    await untilCaptured(world);
    await bringers[names[0] as string]?.(payment);
    const after = await digestOf(world, eventTables);
    expect(await factsOf(world, payment)).toMatchObject({ ...paidOnce, fromStripe: 1000n });
    for (const name of names.slice(1)) await bringers[name]?.(payment);
    expect(await digestOf(world, eventTables)).toBe(after);
  });

  it("is settled once by webhook, return page, poller and staff, fifty times each at once", async () => {
    const { customer, order } = await customerWithOrder();
    await world.control.holdWebhooks();
    const payment = await startDirect(world, customer, [order], { cardMinor: 1000n });
    await world.control.pay(payment.sessionId);
    world.clock.advance(61_000);
    const fifty = Array.from({ length: 50 });
    const answers = await Promise.all([
      world.control.releaseWebhooks(undefined, 50),
      ...fifty.map(() => paymentOutcome(customer.actor, payment.paymentId, world)),
      ...fifty.map(() => pollPayments(world, 1000)),
      ...fifty.map(() => settle(world, payment)),
    ]);
    expect(await factsOf(world, payment)).toMatchObject({ ...paidOnce, fromStripe: 1000n, allocated: 1000n });
    const changed = answers.filter((answer) => (answer as { changed?: boolean } | undefined)?.changed);
    expect(changed.length).toBeLessThanOrEqual(1);
    const outcomes = answers.slice(1, 51) as Awaited<ReturnType<typeof paymentOutcome>>[];
    expect(new Set(outcomes.map((outcome) => outcome?.kind))).toEqual(new Set(["paid"]));
  });

  it("is settled once, for fifty payments of as many customers with all four at once", async () => {
    await world.control.holdWebhooks();
    const payments = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const { customer, order } = await customerWithOrder();
        return startDirect(world, customer, [order], { cardMinor: 1000n });
      }),
    );
    await Promise.all(payments.map(({ sessionId }) => world.control.pay(sessionId)));
    world.clock.advance(61_000);
    await Promise.all([
      world.control.deliverWebhooks(),
      pollPayments(world, 1000),
      ...payments.flatMap((payment) => [
        paymentOutcome(payment.customer.actor, payment.paymentId, world),
        settle(world, payment),
      ]),
    ]);
    await world.control.webhooksIdle();
    for (const payment of payments) {
      expect(await factsOf(world, payment)).toMatchObject({ ...paidOnce, fromStripe: 1000n });
    }
  });

  it("books what Stripe kept of it as a fee", async () => {
    const { customer, order } = await customerWithOrder();
    const payment = await startDirect(world, customer, [order], { cardMinor: 1000n });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    await untilCaptured(world);
    const rows = await world.jobs.sql`
      select debit, credit, amount_minor, reason from transfers
      where customer_id = ${customer.customerId} and charge_id is not null order by seq`;
    expect(rows.map((row) => ({ ...row }))).toEqual([
      { debit: "gateway_clearing", credit: "receivable", amount_minor: 1000n, reason: "invoice_paid" },
      { debit: "processing_fees", credit: "gateway_clearing", amount_minor: 59n, reason: "fee" },
    ]);
  });
});

describe("a combined payment", () => {
  it("applies the card first, then takes what it held of the balance", async () => {
    const { customer, order } = await customerWithOrder(3000n);
    await giveBalance(world, customer, 800n);
    const payment = await startCombined(world, customer, [order], { balanceMinor: 800n, cardMinor: 2200n });
    expect(await balanceOf(world, customer)).toEqual({ posted: 800n, held: 800n });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      ...paidOnce,
      fromStripe: 2200n,
      fromHolds: 800n,
      allocated: 3000n,
    });
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    const sources = await world.jobs.sql`
      select source from allocations where customer_id = ${customer.customerId} and payment_id = ${payment.paymentId}
      order by id`;
    expect(sources.map((row) => row.source)).toEqual(["card", "balance"]);
  });

  it("covers several invoices with one charge, and completes each", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    const serviceId = await makeActiveService(world, customer, planId);
    const renewal = await makeRenewal(world, customer, serviceId);
    const work = await makeInvoice(world, customer, 450n);
    const { invoice: order } = await makeOrder(world, customer, planId);
    await giveBalance(world, customer, 1200n);
    const payment = await startCombined(world, customer, [renewal.id, work.id, order.id], {
      balanceMinor: 1200n,
      cardMinor: 1250n,
    });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      ...paidOnce,
      invoices: ["paid", "paid", "paid"],
      fromStripe: 1250n,
      fromHolds: 1200n,
      allocated: 2450n,
      terms: 2,
    });
  });

  it("gives an excess over what is due to the balance", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 20n);
    const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 50n, excessMinor: 30n });
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      fromStripe: 50n,
      allocated: 20n,
      toBalance: 30n,
      tasks: [],
    });
    expect(await balanceOf(world, customer)).toEqual({ posted: 30n, held: 0n });
  });

  it.each([["JPY", 1200n, 300n] as const, ["KWD", 1230n, 500n] as const, ["EUR", 1999n, 1n] as const])(
    "is exact in %s",
    async (currency, dueMinor, balanceMinor) => {
      const customer = await makeCustomer(world, { currency });
      const invoice = await makeInvoice(world, customer, dueMinor);
      await giveBalance(world, customer, balanceMinor);
      const payment = await startCombined(world, customer, [invoice.id], {
        balanceMinor,
        cardMinor: dueMinor - balanceMinor,
      });
      await world.control.pay(payment.sessionId);
      await world.control.webhooksIdle();
      expect(await factsOf(world, payment)).toMatchObject({ state: "succeeded", allocated: dueMinor });
      expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    },
  );
});

describe("the page at Stripe", () => {
  it("says what is paid and in which language, and comes back to the payment", async () => {
    const customer = await makeCustomer(world);
    await world.owner`update customers set locale = 'zh' where id = ${customer.customerId}`;
    const invoice = await makeInvoice(world, customer, 700n);
    const input = plan(world, [invoice.id], { cardMinor: 700n });
    await payDirect(customer.actor, input, world);
    const session = (await world.control.dump())["checkout.session"]?.at(-1);
    expect(session).toMatchObject({
      amount_total: 700,
      currency: "usd",
      locale: "zh",
      client_reference_id: input.paymentId,
      metadata: { payment: input.paymentId, customer: customer.customerId },
      success_url: `${world.portalUrl}/return/${input.paymentId}?from=paid`,
      cancel_url: `${world.portalUrl}/return/${input.paymentId}?from=back`,
    });
  });
});

it("does not settle before the customer has paid, however often it is asked", async () => {
  const { customer, order } = await customerWithOrder();
  const payment = await startDirect(world, customer, [order], { cardMinor: 1000n });
  await untilCaptured(world);
  const before = await digestOf(world, ["payments"]);
  for (let look = 0; look < 5; look += 1) {
    await settle(world, payment);
    await pass(world, 60_000);
    await pollPayments(world, 1000);
    expect(await paymentOutcome(customer.actor, payment.paymentId, world)).toMatchObject({
      kind: "nothing_taken",
      state: "sent",
      resumeUrl: payment.url,
    });
  }
  expect(await digestOf(world, ["payments"])).toBe(before);
});

/** What changes whenever an event is worked on, whether or not there was anything to do. */
const eventTables = ["event_runs", "stripe_events", "balance_checks"];
