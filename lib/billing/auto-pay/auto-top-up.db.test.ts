import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeDebt } from "@/lib/testing/charged";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { strike } from "@/lib/testing/unsure-faults";
import { pollPayments } from "../payment/poll-payments";
import { runRenewals } from "../renewal/run-renewals";
import { chargeDue } from "./charge-due";
import { topUpLow } from "./top-up-low";

const day = 86_400_000;
const minute = 60_000;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world, { full: true });
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(() => world.close());

interface Settings {
  card?: string;
  threshold?: bigint;
  amount?: bigint;
  cap?: bigint;
}

async function toppingUp({ card, threshold = 500n, amount = 2000n, cap = 5000n }: Settings = {}) {
  const customer = await makeCustomer(world);
  const saved = await saveCard(world, customer, card);
  await turnOnAutoPay(world, customer, saved.id);
  await world.owner`
    insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id,
      changed_at)
    values (${customer.customerId}, 'USD', true, ${threshold}, ${amount}, ${cap}, ${customer.actor.userId},
      ${world.clock.now()})`;
  return customer;
}

async function standing({ customerId }: TestCustomer) {
  const [row] = await world.owner`
    select (select b.posted_minor - b.held_minor from balances b where b.customer_id = c.id) as available, array(
      select p.kind || ' ' || p.state from payments p
      where p.customer_id = c.id and p.origin = 'auto' and p.card_minor > 0 order by p.created_at, p.id) as charged
    from customers c where c.id = ${customerId}`;
  return row;
}

/** A renewal of 1000 that is due tomorrow, of a customer whose balance is at its threshold. */
async function renewing(settings: Settings = {}) {
  const customer = await toppingUp({ threshold: 0n, ...settings });
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  await pass(world, service?.expires_at.getTime() - 7 * day - world.clock.now().getTime());
  await runRenewals(world);
  await pass(world, 6 * day);
  const invoiceState = async () => {
    const [row] = await world.owner`
      select state from invoices where customer_id = ${customer.customerId} and origin = 'renewal'`;
    return row?.state as string;
  };
  return { ...customer, invoiceState };
}

describe("a balance below its threshold", () => {
  it("is topped up by the amount, until the month's cap would be passed", async () => {
    const customer = await toppingUp();
    expect(await topUpLow(world)).toBe(1);
    expect(await standing(customer)).toEqual({ available: 2000n, charged: ["top_up succeeded"] });
    expect(await topUpLow(world)).toBe(0);
    await world.owner`update auto_top_ups set threshold_minor = 100000`;
    expect(await topUpLow(world)).toBe(1);
    await pass(world, 11 * minute);
    expect(await topUpLow(world)).toBe(0);
    await pass(world, 31 * day);
    expect(await topUpLow(world)).toBe(1);
  });

  it("has its cap by the months of the host's time zone", async () => {
    const shanghai = { ...world, timeZone: "Asia/Shanghai" };
    const now = world.clock.now();
    const lastHours = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 0, 15, 0));
    await pass(world, lastHours.getTime() - now.getTime());
    const customer = await toppingUp({ threshold: 100_000n, amount: 2000n, cap: 2000n });
    expect(await topUpLow(shanghai)).toBe(1);
    await pass(world, 30 * minute);
    expect(await topUpLow(shanghai)).toBe(0);
    // In Shanghai the next month has begun, in UTC it has not.
    await pass(world, 60 * minute);
    expect(await topUpLow(world)).toBe(0);
    expect(await topUpLow(shanghai)).toBe(1);
    expect(await standing(customer)).toMatchObject({ available: 4000n });
  });

  it("is tried once an hour where the card is declined", async () => {
    const customer = await toppingUp({ card: "pm_card_chargeCustomerFail" });
    const tried: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      tried.push(await topUpLow(world));
      await pass(world, 31 * minute);
    }
    expect(tried).toEqual([1, 0, 1, 0, 1]);
    expect(await standing(customer)).toMatchObject({ available: 0n });
  });

  it("is tried by one of two workers", async () => {
    const customer = await toppingUp();
    await giveBalance(world, customer, 1n);
    const both = await Promise.all([topUpLow(world), topUpLow(world)]);
    expect(both.reduce((a, b) => a + b)).toBe(1);
    expect(await standing(customer)).toEqual({ available: 2001n, charged: ["top_up succeeded"] });
  });
});

describe("a renewal that is short", () => {
  it("is topped up for before auto-pay charges it, where the amount covers it", async () => {
    const customer = await renewing();
    expect(await chargeDue(world)).toMatchObject({ charged: 1 });
    expect(await standing(customer)).toEqual({ available: 1000n, charged: ["top_up succeeded"] });
    expect(await customer.invoiceState()).toBe("paid");
  });

  it("is charged by auto-pay where the amount does not cover it, or the cap is reached", async () => {
    const small = await renewing({ amount: 900n });
    await chargeDue(world);
    expect(await standing(small)).toEqual({ available: 0n, charged: ["invoices succeeded"] });
    expect(await small.invoiceState()).toBe("paid");
  });

  it("is charged by auto-pay where the amount does not cover what the customer owes beside it", async () => {
    const customer = await renewing({ amount: 1200n });
    await makeDebt(world, customer, 300n);
    // Its customer has turned Autopay on again after the dispute.
    await world.owner`
      update auto_charges set stopped_at = null, stopped_code = null where customer_id = ${customer.customerId}`;
    expect(await chargeDue(world)).toMatchObject({ charged: 1 });
    expect((await standing(customer))?.charged).toEqual(["invoices succeeded"]);
    expect(await customer.invoiceState()).toBe("paid");
    await world.owner`update auto_top_ups set is_on = false`;
  });

  it("is not charged by auto-pay beside a top-up of which nobody knows what became: that pays it, once it is known", async () => {
    const customer = await renewing();
    await world.control.dropWebhooks();
    await strike(world, "drop_after", { method: "POST", path: "/v1/payment_intents" });
    expect(await chargeDue(world)).toMatchObject({ charged: 1 });
    await world.control.clearFaults();
    expect((await standing(customer))?.charged).toEqual(["top_up unknown"]);
    // The day on which auto-pay goes on, had it failed.
    await pass(world, 2 * day);
    expect(await chargeDue(world)).toMatchObject({ charged: 0 });
    await pollPayments(world);
    expect(await standing(customer)).toEqual({ available: 1000n, charged: ["top_up succeeded"] });
    expect(await customer.invoiceState()).toBe("paid");
  });

  it("is charged by auto-pay on its next day when the top-up fails", async () => {
    const customer = await renewing({ card: "pm_card_chargeCustomerFail" });
    expect(await chargeDue(world)).toMatchObject({ charged: 1 });
    await pass(world, 2 * 60 * minute);
    expect(await chargeDue(world)).toMatchObject({ charged: 0 });
    await world.owner`update auto_top_ups set is_on = false`;
    await pass(world, 2 * day);
    expect(await chargeDue(world)).toMatchObject({ charged: 1 });
    expect(await standing(customer)).toMatchObject({ charged: ["top_up failed", "invoices failed"] });
    expect(await customer.invoiceState()).toBe("open");
  });
});
