import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import {
  balancePlan,
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
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  paymentRef,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld } from "@/lib/testing/stripe-world";
import { cancelInvoice } from "./cancel-invoice";
import { payCombined, payDirect, payFromBalance } from "./pay";
import { topUp } from "./top-up";

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

async function stateOf(invoiceId: string): Promise<string> {
  const [row] = await world.owner`select state from invoices where id = ${invoiceId}`;
  return row?.state;
}

/** A top-up that Stripe's page waits for. */
async function startTopUp(customer: TestCustomer, amount: string, invoiceId?: string): Promise<AtStripe> {
  const wish = { paymentId: plan(world, [], {}).paymentId, currency: customer.currency, amount, invoiceId };
  const answer = await topUp(customer.actor, wish, world);
  if (!answer.ok) throw new Error(`a top-up begins: ${answer.refusal.code}`);
  return ledToStripe(world, customer, answer);
}

describe("cancelling against paying", () => {
  it("from the balance, at once: one of them wins, and the other is told what the invoice became", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    // Enough for every round: none is refused for the balance.
    await giveBalance(world, customer, 20_000n);
    let paid = 0n;
    for (let round = 0; round < 12; round += 1) {
      const { invoice } = await makeOrder(world, customer, planId);
      const pay = () => payFromBalance(customer.actor, balancePlan(world, [invoice.id], 1000n), world);
      const cancel = () => cancelInvoice(customer.actor, { invoiceId: invoice.id }, world);
      const begun = round % 2 === 0 ? [pay(), cancel()] : [cancel(), pay()];
      const answers = await Promise.all(begun);
      const state = await stateOf(invoice.id);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
      expect(answers.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: "invoice_not_open", state } });
      if (state === "paid") paid += 1000n;
      else expect(state).toBe("void");
    }
    expect(await balanceOf(world, customer)).toEqual({ posted: 20_000n - paid, held: 0n });
  });

  it("through Stripe, begun at once: a cancelled invoice leaves no page that could be paid, and no claim", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    for (let round = 0; round < 10; round += 1) {
      const { invoice } = await makeOrder(world, customer, planId);
      const input = plan(world, [invoice.id], { cardMinor: 1000n });
      const [, canceled] = await Promise.all([
        payDirect(customer.actor, input, world),
        cancelInvoice(customer.actor, { invoiceId: invoice.id }, world),
      ]);
      const facts = await factsOf(world, paymentRef(customer, input.paymentId));
      const pages = (await world.control.dump())["checkout.session"] ?? [];
      const own = pages.filter((page) => page.client_reference_id === input.paymentId);
      if (canceled.ok) {
        expect([await stateOf(invoice.id), facts.claims]).toEqual(["void", 0]);
        expect(own.filter(({ status }) => status === "open")).toEqual([]);
      } else {
        expect(canceled.refusal.code).toBe("payment_in_progress");
        expect([await stateOf(invoice.id), facts.claims]).toEqual(["open", 1]);
      }
    }
  });

  it("while Stripe takes the money: what Stripe says wins, and nothing is taken for a cancelled invoice", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    for (let round = 0; round < 10; round += 1) {
      const { invoice } = await makeOrder(world, customer, planId);
      const payment = await startDirect(world, customer, [invoice.id], { cardMinor: 1000n });
      const [paid, canceled] = await Promise.all([
        world.control.pay(payment.sessionId).then(
          () => true,
          () => false,
        ),
        cancelInvoice(customer.actor, { invoiceId: invoice.id }, world),
      ]);
      await world.control.webhooksIdle();
      const facts = await factsOf(world, payment);
      expect(facts).toMatchObject(
        paid
          ? { state: "succeeded", invoices: ["paid"], charges: 1, toBalance: 0n }
          : // Whoever is first names the end: who closed it, or Stripe's event that it expired.
            { state: expect.stringMatching(/^(canceled|expired)$/), invoices: ["void"], charges: 0 },
      );
      expect(canceled.ok).toBe(!paid);
    }
  });
});

describe("a top-up against a payment", () => {
  it("of the renewal it was begun from: the renewal is paid once, and the rest is there to spend", async () => {
    const planId = await makePlan(world);
    for (let round = 0; round < 6; round += 1) {
      const customer = await makeCustomer(world);
      const serviceId = await makeActiveService(world, customer, planId, true);
      const renewal = await makeRenewal(world, customer, serviceId);
      await world.control.holdWebhooks();
      const toppedUp = await startTopUp(customer, "10.00", renewal.id);
      await world.control.pay(toppedUp.sessionId);
      // Given while the renewal is claimed by nobody, it would be paid at once: so it is a little short.
      await giveBalance(world, customer, 999n);
      const payment = balancePlan(world, [renewal.id], 1000n);
      const [settled, paid] = await Promise.all([
        settle(world, toppedUp),
        payFromBalance(customer.actor, payment, world),
      ]);
      expect(settled).toMatchObject({ kind: "settled", state: "succeeded" });
      expect(paid).toMatchObject({ ok: false });
      expect(await stateOf(renewal.id)).toBe("paid");
      expect(await balanceOf(world, customer)).toEqual({ posted: 999n, held: 0n });
      await calm(world);
    }
  });

  it("that holds what is there: the top-up settles the renewal that waits, and not what is held", async () => {
    const customer = await makeCustomer(world);
    const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
    const byHand = await makeInvoice(world, customer, 3000n);
    await giveBalance(world, customer, 800n);
    const renewal = await makeRenewal(world, customer, serviceId);
    await world.control.holdWebhooks();
    const toppedUp = await startTopUp(customer, "10.00");
    await world.control.pay(toppedUp.sessionId);
    const held = plan(world, [byHand.id], { balanceMinor: 800n, cardMinor: 2200n });
    const [, begun] = await Promise.all([
      settle(world, toppedUp),
      payCombined(customer.actor, { ...held, useBalance: "800" }, world),
    ]);
    expect(await stateOf(renewal.id)).toBe("paid");
    const { posted, held: heldMinor } = await balanceOf(world, customer);
    expect([posted, heldMinor]).toEqual([800n, begun.ok ? 800n : 0n]);
  });

  it("five top-ups, as many as may be open, and fifty payments on one balance: every cent is spent or there, and it is never negative", async () => {
    const customer = await makeCustomer(world);
    const invoices = [];
    for (let made = 0; made < 50; made += 1) invoices.push(await makeInvoice(world, customer, 300n));
    const topUps: AtStripe[] = [];
    for (let made = 0; made < 5; made += 1) topUps.push(await startTopUp(customer, "20.00"));
    await world.control.holdWebhooks();
    for (const { sessionId } of topUps) await world.control.pay(sessionId);
    const [settled, paid] = await Promise.all([
      Promise.all(topUps.map((one) => settle(world, one))),
      Promise.all(
        invoices.map(({ id }) => payFromBalance(customer.actor, balancePlan(world, [id], 300n), world)),
      ),
    ]);
    expect(settled.map((one) => one.kind === "settled" && one.state)).toEqual(Array(5).fill("succeeded"));
    const through = paid.filter(({ ok }) => ok).length;
    expect(new Set(paid.flatMap((one) => (one.ok ? [] : [one.refusal.code])))).toEqual(
      through < 50 ? new Set(["balance_too_low"]) : new Set(),
    );
    const left = 10_000n - BigInt(through) * 300n;
    expect(await balanceOf(world, customer)).toEqual({ posted: left, held: 0n });
    const [least] = await world.owner`
      select min(running)::bigint as minor from (select sum(case when credit = 'customer_balance' then amount_minor
        else -amount_minor end) over (order by seq) as running from transfers
        where customer_id = ${customer.customerId} and 'customer_balance' in (debit, credit)) r`;
    expect(least?.minor).toBeGreaterThanOrEqual(0n);
    // What was refused is paid by what has arrived since, as far as it reaches.
    for (const { id } of invoices)
      await payFromBalance(customer.actor, balancePlan(world, [id], 300n), world);
    expect(await balanceOf(world, customer)).toEqual({ posted: 100n, held: 0n });
  });
});
