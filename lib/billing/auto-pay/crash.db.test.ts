import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { makeActiveService, makeCustomer, makePlan, type TestCustomer } from "@/lib/testing/fixtures";
import { killBeforeStripe, type MortalProcesses, mortalProcesses } from "@/lib/testing/mortal-process";
import { expectAllInOrder, expectBooksBalance, factsOf } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { strike } from "@/lib/testing/unsure-faults";
import { localGateway } from "@/lib/testing/world";
import { pollPayments } from "../payment/poll-payments";
import { chargeDue } from "./charge-due";
import { topUpLow } from "./top-up-low";

const day = 86_400_000;
const intents = { method: "POST", path: "/v1/payment_intents" } as const;

let world: StripeWorld;
let mortals: MortalProcesses;

beforeAll(async () => {
  world = await openStripeWorld();
  mortals = mortalProcesses(world);
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(async () => {
  await mortals.close();
  await expectAllInOrder(world);
  await world.close();
});

/** A renewal of 1000 that auto-pay charges tomorrow's due date for. */
async function renewing(): Promise<TestCustomer> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  await turnOnAutoPay(world, customer, (await saveCard(world, customer)).id);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  await pass(world, service?.expires_at.getTime() - 7 * day - world.clock.now().getTime());
  await runRenewals(world);
  await pass(world, 6 * day);
  return customer;
}

/** A balance of nothing, to be topped up by 2000. */
async function toppingUp(): Promise<TestCustomer> {
  const customer = await makeCustomer(world);
  await turnOnAutoPay(world, customer, (await saveCard(world, customer)).id, false);
  await world.owner`
    insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id,
      changed_at)
    values (${customer.customerId}, 'USD', true, 500, 2000, 5000, ${customer.actor.userId}, ${world.clock.now()})`;
  return customer;
}

async function paymentOf({ customerId }: TestCustomer) {
  const rows = await world.owner`
    select id from payments where customer_id = ${customerId} and origin = 'auto' and card_minor > 0`;
  expect(rows).toHaveLength(1);
  return { customerId, paymentId: rows[0]?.id };
}

/** Another run of the job starts nothing beside it; then the poller finds out what became of it. */
async function againAndPolled(run: (on: StripeWorld) => Promise<unknown>): Promise<void> {
  await expectBooksBalance(world);
  await run(world);
  await pass(world, 61_000);
  await pollPayments(world, 1000);
  await run(world);
}

const cases = [
  {
    name: "auto-pay",
    act: "chargeDue",
    arrange: renewing,
    run: chargeDue,
    once: {
      state: "succeeded",
      charges: 1,
      claims: 0,
      openHolds: 0,
      fromStripe: 1000n,
      invoices: ["paid"],
      terms: 1,
    },
  },
  {
    name: "auto top-up",
    act: "topUpLow",
    arrange: toppingUp,
    run: topUpLow,
    once: { state: "succeeded", charges: 1, claims: 0, openHolds: 0, fromStripe: 2000n, toBalance: 2000n },
  },
] as const;

describe.each(cases)("a process killed while it charges by $name", ({ act, arrange, run, once }) => {
  const expectOnce = async (customer: TestCustomer) => {
    expect(await factsOf(world, await paymentOf(customer))).toMatchObject(once);
    const charges = (await world.control.dump()).charge ?? [];
    const own = charges.filter(
      (charge) => (charge.metadata as { customer?: string }).customer === customer.customerId,
    );
    expect(own.map(({ status }) => status)).toEqual(["succeeded"]);
  };

  it("before its call reaches Stripe: sent again under the same key, charged once", async () => {
    const customer = await arrange();
    await killBeforeStripe(mortals, { act });
    expect(await factsOf(world, await paymentOf(customer))).toMatchObject({ state: "created", charges: 0 });
    await againAndPolled(run);
    await expectOnce(customer);
  });

  it.each(["hang_before", "hang_after"] as const)(
    "at Stripe (%s), its webhooks lost: the poller settles the one charge",
    async (kind) => {
      const customer = await arrange();
      await world.control.dropWebhooks();
      await world.control.fault({ ...intents, kind });
      const child = await mortals.start({ act });
      await world.control.untilHanging(1);
      await child.kill();
      await world.control.releaseHangs();
      await againAndPolled(run);
      await expectOnce(customer);
    },
  );

  it("after Stripe has charged, before we stored it: the webhook alone settles it", async () => {
    const customer = await arrange();
    await world.control.fault({ ...intents, kind: "hang_after" });
    const child = await mortals.start({ act });
    await world.control.untilHanging(1);
    await child.kill();
    await world.control.releaseHangs();
    await world.control.webhooksIdle();
    await expectOnce(customer);
    await run(world);
    await expectOnce(customer);
  });

  it.each(["cut", "drop_before", "error_500_after", "hang_after"] as const)(
    "is not killed, but its answer is lost (%s): unknown until Stripe is asked",
    async (kind) => {
      const customer = await arrange();
      await world.control.dropWebhooks();
      await strike(world, kind, intents);
      const hasty = localGateway(world.stripeUrl, { timeoutMs: 300 });
      await run(
        kind === "hang_after"
          ? seenBy(world, { gateway: { ...world.gateway, createIntent: hasty.createIntent } })
          : world,
      );
      expect(await factsOf(world, await paymentOf(customer))).toMatchObject({ state: "unknown", charges: 0 });
      await world.control.clearFaults();
      await againAndPolled(run);
      if (kind === "error_500_after") await lookedUpLater();
      await expectOnce(customer);
    },
  );
});

/** An error that Stripe replays under its key says nothing for a day; then the payment is looked up. */
async function lookedUpLater(): Promise<void> {
  for (let hours = 0; hours < 60; hours += 12) {
    await pass(world, 12 * 3_600_000);
    await pollPayments(world, 1000);
  }
}
