import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makeOrder,
  makePlan,
  makeRenewal,
} from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { payFromBalance } from "./pay";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

describe("Paying 3: the balance covers all", () => {
  it("pays an invoice in one transaction, without a call to Stripe", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5000n);
    const invoice = await makeInvoice(world, customer, 1200n);
    const paid = await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 1200n), world);
    expect(paid).toMatchObject({
      ok: true,
      value: { kind: "paid", receipt: { paid: [{ number: invoice.number }] } },
    });
    const [row] = await world.jobs
      .sql`select state, amount_paid_minor from invoices where id = ${invoice.id}`;
    expect(row).toEqual({ state: "paid", amount_paid_minor: 1200n });
    const [balance] = await world.jobs
      .sql`select posted_minor, held_minor from balances where customer_id = ${customer.customerId}`;
    expect(balance).toEqual({ posted_minor: 3800n, held_minor: 0n });
  });

  it("activates the service that an order is for, and moves the expiry date with each renewal, once", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    const serviceId = await makeActiveService(world, customer, planId);
    const expiry = async () =>
      (await world.jobs.sql`select expires_at from services where id = ${serviceId}`)[0]?.expires_at;
    expect(await expiry()).toEqual(new Date("2026-04-10T09:00:00Z"));
    const renewal = await makeRenewal(world, customer, serviceId);
    await giveBalance(world, customer, 1000n);
    const input = balancePlan(world, [renewal.id], 1000n);
    const answers = await Promise.all([
      payFromBalance(customer.actor, input, world),
      payFromBalance(customer.actor, input, world),
    ]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true]);
    expect(await expiry()).toEqual(new Date("2026-05-10T09:00:00Z"));
  });

  it("takes an invoice that is named twice once", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 5000n);
    const invoice = await makeInvoice(world, customer, 1200n);
    const paid = await payFromBalance(
      customer.actor,
      balancePlan(world, [invoice.id, invoice.id], 1200n),
      world,
    );
    expect(paid).toMatchObject({ ok: true, value: { receipt: { paid: [{ amount: { minor: 1200n } }] } } });
  });

  it("refuses with what is missing when the balance does not reach", async () => {
    const customer = await makeCustomer(world);
    const planId = await makePlan(world);
    const { invoice } = await makeOrder(world, customer, planId);
    await giveBalance(world, customer, 400n);
    const refused = await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 1000n), world);
    expect(refused).toEqual({
      ok: false,
      refusal: { code: "balance_too_low", shortBy: { minor: 600n, currency: "USD" } },
    });
  });
});
