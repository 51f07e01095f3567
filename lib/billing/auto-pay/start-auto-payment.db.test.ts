import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { InvoiceId } from "@/lib/kernel/id";
import { makeActiveService, makeCustomer, makePlan, type TestCustomer } from "@/lib/testing/fixtures";
import { expectBooksBalance, startDirect } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { runRenewals } from "../renewal/run-renewals";
import { startAutoPayment } from "./start-auto-payment";
import { startAutoTopUp } from "./start-auto-top-up";

const day = 86_400_000;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world, { full: true });
});

afterAll(() => world.close());

interface Renewing extends TestCustomer {
  invoiceId: InvoiceId;
}

/** A renewal of 1000 that auto-pay, or an automatic top-up before it, would pay. */
async function renewing(): Promise<Renewing> {
  const customer = await makeCustomer(world);
  const { customerId, actor } = customer;
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  const card = await saveCard(world, customer);
  await turnOnAutoPay(world, customer, card.id);
  const [service] = await world.owner`select expires_at from services where id = ${serviceId}`;
  await pass(world, service?.expires_at.getTime() - 7 * day - world.clock.now().getTime());
  await runRenewals(world);
  await world.owner`
    insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id,
      changed_at)
    values (${customerId}, 'USD', true, 500, 2000, 5000, ${actor.userId}, ${world.clock.now()})`;
  const [invoice] = await world.owner`
    select id from invoices where customer_id = ${customerId} and origin = 'renewal'`;
  return { ...customer, invoiceId: invoice?.id };
}

const wishOf = ({ customerId, invoiceId }: Renewing) => ({
  customerId,
  currency: "USD" as const,
  invoiceIds: [invoiceId],
});

// The worker chose these before it locked anything: what has become so meanwhile is seen here.
describe("what allowed a charge is looked at again under lock", () => {
  it("and, still so, one begins", async () => {
    expect(await startAutoTopUp(world, wishOf(await renewing()))).not.toBeNull();
    expect(await startAutoPayment(world, wishOf(await renewing()))).toMatchObject({ kind: "stored" });
  });

  it("none begins for an invoice that another payment has begun to pay", async () => {
    const service = await renewing();
    await startDirect(world, service, [service.invoiceId], { cardMinor: 1000n });
    expect(await startAutoTopUp(world, wishOf(service))).toBeNull();
    expect(await startAutoPayment(world, wishOf(service))).toEqual({ kind: "nothing" });
  });

  it("none begins on a card that a hard decline stopped", async () => {
    const service = await renewing();
    await world.owner`
      update auto_charges set stopped_at = ${world.clock.now()}, stopped_code = 'lost_card'
      where customer_id = ${service.customerId}`;
    expect(await startAutoTopUp(world, wishOf(service))).toBeNull();
    expect(await startAutoPayment(world, wishOf(service))).toEqual({ kind: "nothing" });
  });

  it("none begins on a card that expired last month", async () => {
    const service = await renewing();
    const lastMonth = new Date(world.clock.now().getTime() - 31 * day);
    await world.owner`
      update payment_methods set exp_year = ${lastMonth.getUTCFullYear()}, exp_month = ${lastMonth.getUTCMonth() + 1}
      where customer_id = ${service.customerId}`;
    expect(await startAutoTopUp(world, wishOf(service))).toBeNull();
    expect(await startAutoPayment(world, wishOf(service))).toEqual({ kind: "nothing" });
  });
});
