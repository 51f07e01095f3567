import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Gateway } from "@/lib/gateway/port";
import { payDirect } from "@/lib/portal/pay";
import { previewPlan } from "@/lib/portal/preview-plan";
import {
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  plan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance, factsOf, paymentRef } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { localGateway } from "@/lib/testing/world";
import { runRenewals } from "../renewal/run-renewals";
import { chargeDue } from "./charge-due";
import { topUpLow } from "./top-up-low";

const day = 86_400_000;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(() => world.close());

/** A process that has learned nothing yet. */
function fresh(): StripeWorld {
  return seenBy(world, { gateway: localGateway(world.stripeUrl, { timeoutMs: 30_000 }) });
}

function believing(change: Partial<ReturnType<Gateway["chargeLimits"]>>): StripeWorld {
  const { gateway } = world;
  const limits: Gateway["chargeLimits"] = (currency) => ({ ...gateway.chargeLimits(currency), ...change });
  return seenBy(world, { gateway: { ...gateway, chargeLimits: limits } });
}

async function autoPayments({ customerId }: TestCustomer) {
  const rows = await world.owner`
    select state, failure_code, card_minor, excess_minor from payments
    where customer_id = ${customerId} and origin = 'auto' and card_minor > 0 order by id`;
  return rows.map((row) => `${row.failure_code ?? row.state} ${row.card_minor} ${row.excess_minor}`);
}

/** A renewal of so many cents whose card is charged tomorrow. */
async function renewing(minor: bigint): Promise<TestCustomer> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world, { price: { USD: minor } });
  const serviceId = await makeActiveService(world, customer, planId, true);
  await turnOnAutoPay(world, customer, (await saveCard(world, customer)).id);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  await pass(world, service?.expires_at.getTime() - 7 * day - world.clock.now().getTime());
  await runRenewals(world);
  await pass(world, 6 * day);
  return customer;
}

describe("a charge that Stripe refuses for its size", () => {
  it("while the customer is away is raised once, the rest becoming balance, and uses no day", async () => {
    const customer = await renewing(20n);
    const learning = fresh();
    const small = { ...learning.gateway, chargeLimits: first(learning.gateway) };
    await chargeDue(seenBy(learning, { gateway: small }));
    expect(await autoPayments(customer)).toEqual(["amount_too_small 20 0", "succeeded 50 30"]);
    const [balance] = await world.owner`
      select posted_minor from balances where customer_id = ${customer.customerId}`;
    expect(balance?.posted_minor).toBe(30n);
  });

  it("is tried twice and not more often, until the next day of the schedule", async () => {
    const customer = await renewing(20n);
    const stubborn = believing({ minimumMinor: 1n });
    for (let run = 0; run < 4; run += 1) {
      await chargeDue(stubborn);
      await pass(world, 5 * 60_000);
    }
    expect(await autoPayments(customer)).toEqual(["amount_too_small 20 0", "amount_too_small 20 0"]);
  });

  it("is tried again where the one before was hours ago: only two within one hour use up the day", async () => {
    const customer = await renewing(20n);
    const stubborn = believing({ minimumMinor: 1n });
    await chargeDue(stubborn);
    expect(await autoPayments(customer)).toHaveLength(2);
    // As if the process had died after the first, and had tried again three hours later.
    await world.owner`
      update payments set created_at = created_at - interval '3 hours' where id = (
        select id from payments where customer_id = ${customer.customerId} and origin = 'auto' order by id limit 1)`;
    await chargeDue(stubborn);
    const tried = await autoPayments(customer);
    expect(tried.length).toBeGreaterThan(2);
    await chargeDue(stubborn);
    expect(await autoPayments(customer)).toEqual(tried);
  });

  it("of an automatic top-up is raised too, and never above the month's cap", async () => {
    const customer = await makeCustomer(world);
    await turnOnAutoPay(world, customer, (await saveCard(world, customer)).id, false);
    await world.owner`
      insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id,
        changed_at)
      values (${customer.customerId}, 'USD', true, 5, 10, 60, ${customer.actor.userId}, ${world.clock.now()})`;
    await topUpLow(fresh());
    expect(await autoPayments(customer)).toEqual(["succeeded 50 0"]);
  });

  it("while the customer is there is told as such: a new payment with the plan as it is now goes", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 20n);
    const low = believing({ minimumMinor: 1n });
    const input = plan(world, [invoice.id], { cardMinor: 20n });
    expect(await payDirect(customer.actor, input, low)).toEqual({
      ok: false,
      refusal: { code: "amount_not_charged" },
    });
    expect(await factsOf(world, paymentRef(customer, input.paymentId))).toMatchObject({
      ...{ state: "failed", failureCode: "amount_too_small", claims: 0 },
    });
    const shown = await previewPlan(customer.actor, { invoiceIds: [invoice.id], useBalance: "none" }, world);
    expect(shown).toMatchObject({ value: { plan: { cardMinor: "50", excessMinor: "30" } } });
    const again = plan(world, [invoice.id], { cardMinor: 50n, excessMinor: 30n });
    expect(await payDirect(customer.actor, again, world)).toMatchObject({ value: { kind: "redirect" } });
  });
});

describe("more than Stripe charges at once", () => {
  it("is refused before anything is stored, with what it charges", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 100_000_000n);
    const input = plan(world, [invoice.id], { cardMinor: 100_000_000n });
    expect(await payDirect(customer.actor, input, world)).toMatchObject({
      refusal: { code: "charge_too_large", most: { minor: 99_999_999n } },
    });
    const [row] = await world.owner`
      select count(*)::int as stored from payments where customer_id = ${customer.customerId}`;
    expect(row?.stored).toBe(0);
  });

  it("is never tried while the customer is away: staff are asked, once", async () => {
    const customer = await renewing(100_000_000n);
    for (let run = 0; run < 3; run += 1) await chargeDue(world);
    expect(await autoPayments(customer)).toEqual([]);
    const tasks = await world.owner`
      select kind from tasks where customer_id = ${customer.customerId} and done_at is null`;
    expect(tasks.map(({ kind }) => kind)).toEqual(["charge_too_large"]);
  });
});

/** What was believed before Stripe refused anything: that it charges one cent. */
function first(gateway: Gateway): Gateway["chargeLimits"] {
  let asked = 0;
  return (currency) => {
    asked += 1;
    return asked === 1
      ? { ...gateway.chargeLimits(currency), minimumMinor: 1n }
      : gateway.chargeLimits(currency);
  };
}
