import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import type { PaymentId } from "@/lib/kernel/id";
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
} from "@/lib/testing/fixtures";
import { type HeldLock, holdRows, isLocked } from "@/lib/testing/held-lock";
import {
  type AtStripe,
  balanceOf,
  digestOf,
  expectAllInOrder,
  expectBooksBalance,
  factsOf,
  ledToStripe,
  paymentRef,
  startCombined,
  startDirect,
} from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { localGateway } from "@/lib/testing/world";
import { begin, payCombined, payDirect, payFromBalance } from "./pay";
import { mayPay } from "./permit";
import { previewPlan } from "./preview-plan";

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

/** A payment of 3000 at Stripe, 800 of it held, for a service's next term. */
async function renewalAtStripe(): Promise<AtStripe & { serviceId: string }> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: 3000n } });
  const serviceId = await makeActiveService(world, customer, planId);
  const renewal = await makeRenewal(world, customer, serviceId);
  await giveBalance(world, customer, 800n);
  const payment = await startCombined(world, customer, [renewal.id], {
    balanceMinor: 800n,
    cardMinor: 2200n,
  });
  return { ...payment, serviceId };
}

async function unlocked<T>(lock: HeldLock, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } finally {
    await lock.release();
  }
}

describe("Paying 1: locks are taken in one order, balance, payments, invoices, services", () => {
  const order = ["balances", "payments", "invoices", "services"];

  it.each(order)(
    "a settlement that waits for its %s has locked what comes before, and nothing after",
    async (table) => {
      const payment = await renewalAtStripe();
      await world.control.holdWebhooks();
      await world.control.pay(payment.sessionId);
      const lock = await holdRows(world, table, payment.customerId);
      const settled = settle(world, payment);
      await unlocked(lock, async () => {
        await lock.untilAwaited();
        for (const other of order.filter((name) => name !== table)) {
          const isBefore = order.indexOf(other) < order.indexOf(table);
          expect(await isLocked(world, other, payment.customerId), other).toBe(isBefore);
        }
      });
      expect(await settled).toMatchObject({ state: "succeeded" });
    },
  );

  it.each(["balances", "invoices", "services"])(
    "a payment that waits for its %s does the same",
    async (table) => {
      const customer = await makeCustomer(world);
      const { invoice } = await makeOrder(world, customer, await makePlan(world));
      await giveBalance(world, customer, 1000n);
      const lock = await holdRows(world, table, customer.customerId);
      const paid = payFromBalance(customer.actor, balancePlan(world, [invoice.id], 1000n), world);
      await unlocked(lock, async () => {
        await lock.untilAwaited();
        for (const other of order.filter((name) => name !== table && name !== "payments")) {
          const isBefore = order.indexOf(other) < order.indexOf(table);
          expect(await isLocked(world, other, customer.customerId), other).toBe(isBefore);
        }
      });
      expect(await paid).toMatchObject({ ok: true });
    },
  );

  it("makes the balance if it is absent", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5n);
    expect(await balanceOf(world, customer)).toEqual({ posted: 5n, held: 0n });
  });
});

describe("Paying 2: no amount of the browser's is believed", () => {
  it("a plan that no longer holds is answered with the one that does, and nothing is paid", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 500n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const shown = await previewPlan(customer.actor, { invoiceIds: [invoice.id], useBalance: "all" }, world);
    if (!shown.ok) throw new Error("a plan is shown");
    await giveBalance(world, customer, 100n);
    const paymentId = plan(world, [], {}).paymentId;
    const input = { paymentId, invoiceIds: [invoice.id], plan: shown.value.plan };
    const before = await digestOf(world);
    const refusal = {
      code: "plan_changed",
      due: { minor: 3000n, currency: "USD" },
      plan: { balanceMinor: "600", cardMinor: "2400", excessMinor: "0" },
    };
    expect(await payCombined(customer.actor, input, world)).toEqual({ ok: false, refusal });
    expect(await digestOf(world)).toBe(before);
    const asked = { ...input, plan: refusal.plan };
    expect(await payCombined(customer.actor, asked, world)).toMatchObject({
      ok: true,
      value: { kind: "redirect", paymentId },
    });
  });

  it("a smaller amount is not taken for what is due, whatever is said", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    for (const cardMinor of ["1", "2999", "-3000", "3e3", "3000.0", "0x0bb8", ""]) {
      const input = {
        ...plan(world, [invoice.id], {}),
        plan: { balanceMinor: "0", cardMinor, excessMinor: "0" },
      };
      expect(await payDirect(customer.actor, input, world), cardMinor).toMatchObject({
        refusal: { code: "plan_changed", plan: { cardMinor: "3000" } },
      });
    }
  });

  it("a double click, a reload or a second tab is the same payment", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { cardMinor: 3000n });
    const first = await payDirect(customer.actor, input, world);
    expect(await payDirect(customer.actor, input, world)).toEqual(first);
    const [counted] = await world.owner`
      select count(*)::int from payments where customer_id = ${customer.customerId}`;
    expect(counted?.count).toBe(1);
  });
});

describe("Paying 3: what the balance covers is paid in one transaction, without Stripe", () => {
  it.each([
    ["from the balance", payFromBalance],
    ["combined", payCombined],
  ] as const)("%s, though Stripe is down and does not know the customer", async (_, pay) => {
    const customer = await makeCustomer(world);
    const { invoice, serviceId } = await makeOrder(world, customer, await makePlan(world));
    await giveBalance(world, customer, 1000n);
    const down = seenBy(world, { gateway: localGateway("http://127.0.0.1:9") });
    const answer = await pay(customer.actor, balancePlan(world, [invoice.id], 1000n), down);
    expect(answer).toMatchObject({
      ok: true,
      value: { kind: "paid", receipt: { services: [{ id: serviceId }] } },
    });
    const rows = await world.owner`
      select distinct xmin::text from (
        select xmin from invoices where id = ${invoice.id} union all select xmin from services where id = ${serviceId}
        union all select xmin from terms where service_id = ${serviceId}
        union all select xmin from allocations where invoice_id = ${invoice.id}
        union all select xmin from payments where customer_id = ${customer.customerId}
        union all select xmin from balances where customer_id = ${customer.customerId}) written`;
    expect(rows).toHaveLength(1);
  });

  it("asks nothing of Stripe while it is there", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 1000n);
    await giveBalance(world, customer, 1000n);
    const before = await world.control.requests();
    await payCombined(customer.actor, balancePlan(world, [invoice.id], 1000n), world);
    expect(await world.control.requests()).toEqual(before);
  });
});

describe("Paying 4: stored and committed first, then Stripe is called with exactly what is stored", () => {
  it("payment, shares, holds and claims stand while the call is under way, and no transaction is open", async () => {
    const customer = await makeCustomer(world);
    const seed = await makeInvoice(world, customer, 60n);
    await startDirect(world, customer, [seed.id], { cardMinor: 60n });
    await giveBalance(world, customer, 800n);
    const invoice = await makeInvoice(world, customer, 3000n);
    const input = plan(world, [invoice.id], { balanceMinor: 800n, cardMinor: 2200n });
    await world.control.fault({ kind: "hang_before", method: "POST", path: "/v1/checkout/sessions" });
    const answer = payCombined(customer.actor, input, world);
    await world.control.untilHanging(1);
    const payment = paymentRef(customer, input.paymentId);
    expect(await factsOf(world, payment)).toMatchObject({ state: "created", claims: 1, openHolds: 1 });
    const open = await world.owner`
      select query from pg_stat_activity where datname = current_database() and xact_start is not null
        and pid <> pg_backend_pid()`;
    expect(open).toEqual([]);
    const [row] = await world.owner`select request, request_key from payments where id = ${input.paymentId}`;
    await world.control.releaseHangs();
    await ledToStripe(world, customer, await answer);
    const sent = (await world.control.requests({ method: "POST", path: "/v1/checkout/sessions" })).at(-1);
    expect(sent?.idempotencyKey).toBe(row?.request_key);
    expect(row?.request_key).toBe(`test/${customer.customerId}/${input.paymentId}/checkout`);
    const session = (await world.control.dump())["checkout.session"]?.at(-1);
    expect(session).toMatchObject({
      customer: row?.request.stripeCustomerId,
      amount_total: Number(row?.request.amountMinor),
      expires_at: row?.request.expiresAt,
    });
  });
});

describe("Paying 5: what is left for Stripe is raised to what it can charge", () => {
  it.each([
    ["USD", 1000n, 980n, { balanceMinor: "950", cardMinor: "50", excessMinor: "0" }] as const,
    ["KWD", 1234n, 500n, { balanceMinor: "494", cardMinor: "740", excessMinor: "0" }] as const,
    ["KWD", 1234n, 1233n, { balanceMinor: "1034", cardMinor: "200", excessMinor: "0" }] as const,
    ["JPY", 30n, 10n, { balanceMinor: "0", cardMinor: "50", excessMinor: "20" }] as const,
  ])("in %s, %s due of which %s are there: shown before it is agreed to, then charged", async (...given) => {
    const [currency, due, available, shown] = given;
    const customer = await makeCustomer(world, { currency });
    await giveBalance(world, customer, available);
    const invoice = await makeInvoice(world, customer, due);
    const preview = await previewPlan(customer.actor, { invoiceIds: [invoice.id], useBalance: "all" }, world);
    expect(preview).toMatchObject({ ok: true, value: { plan: shown } });
    const paymentId = plan(world, [], {}).paymentId;
    const input = { paymentId, invoiceIds: [invoice.id], plan: shown };
    const payment = await ledToStripe(world, customer, await payCombined(customer.actor, input, world));
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await factsOf(world, payment)).toMatchObject({
      state: "succeeded",
      allocated: due,
      toBalance: BigInt(shown.excessMinor),
    });
  });
});

describe("what is in the way of a payment", () => {
  it("is ended one after another: a customer unknown to Stripe, and then a payment that hid behind it", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 900n);
    const open = await startDirect(world, customer, [invoice.id], { cardMinor: 900n });
    const { customerId, actor } = customer;
    const { paymentId } = plan(world, [invoice.id], { cardMinor: 900n });
    const answers = [
      { kind: "unknown_to_stripe" as const },
      { kind: "claimed" as const, by: [open.paymentId] },
      { kind: "refused" as const, refusal: { code: "nothing_due" as const } },
    ];
    let asked = 0;
    const started = await begin(
      world,
      {
        customerId,
        userId: actor.userId,
        paymentId: paymentId as PaymentId,
        permit: (sql) => mayPay(sql, actor),
      },
      async () => answers[asked++] as never,
    );
    expect(asked).toBe(3);
    expect(started.ok).toBe(false);
    expect(await factsOf(world, open)).toMatchObject({ state: "canceled", claims: 0 });
  });
});
