import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { endCancelled } from "@/lib/billing/renewal/end-cancelled";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { newId, type ServiceId } from "@/lib/kernel/id";
import {
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { balanceOf, expectAllInOrder, expectBooksBalance, startCombined } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { cancelService, keepService } from "./cancel-service";
import { renewNow, showRenewNow } from "./renew-now";
import { showService } from "./show-service";

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

const dayMs = 86_400_000;

interface Running {
  customer: TestCustomer;
  serviceId: ServiceId;
}

/** A service of 10.00 a month that renews by itself and whose first term has just begun. */
async function running(balance = 0n): Promise<Running> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world), true);
  if (balance > 0n) await giveBalance(world, customer, balance);
  return { customer, serviceId };
}

const cancel = ({ customer, serviceId }: Running) => cancelService(customer.actor, { serviceId }, world);
const keep = ({ customer, serviceId }: Running) => keepService(customer.actor, { serviceId }, world);

async function stateOf({ serviceId }: Running) {
  const [service] = await world.owner`
    select state, cancel_requested_at is not null as is_ending from services where id = ${serviceId}`;
  const renewals = await world.owner`
    select r.state, i.state as invoice from renewals r left join invoices i on i.id = r.invoice_id
    where r.service_id = ${serviceId} order by r.term_starts_at`;
  return { ...service, renewals: renewals.map((row) => `${row.state} ${row.invoice}`) };
}

describe("cancelling a service at the end of its term", () => {
  it("lets it run until then without another invoice, whatever the balance, and then ends it", async () => {
    const one = await running(5000n);
    expect(await cancel(one)).toMatchObject({ ok: true, value: { voided: [] } });
    await pass(world, 28 * dayMs);
    await runRenewals(world);
    expect(await endCancelled(world)).toBe(0);
    expect(await stateOf(one)).toEqual({ state: "active", is_ending: true, renewals: [] });
    await pass(world, 5 * dayMs);
    await Promise.all([endCancelled(world), endCancelled(world)]);
    await runRenewals(world);
    expect(await stateOf(one)).toEqual({ state: "canceled", is_ending: true, renewals: [] });
    expect((await balanceOf(world, one.customer)).posted).toBe(5000n);
    const told = await world.owner`
      select 1 from outbox where customer_id = ${one.customer.customerId} and topic = 'service.canceled'`;
    expect(told).toHaveLength(1);
  });

  it("voids its open renewal with a credit note, and gives back what lay on it", async () => {
    const one = await running();
    const { number } = await makeRenewal(world, one.customer, one.serviceId);
    expect(await cancel(one)).toMatchObject({ ok: true, value: { voided: [number] } });
    expect(await stateOf(one)).toEqual({ state: "active", is_ending: true, renewals: ["due void"] });
    const notes = await world.owner`
      select number from credit_notes where customer_id = ${one.customer.customerId}`;
    expect(notes).toMatchObject([{ number: expect.any(String) }]);
  });

  it("closes a payment under way at Stripe first, and frees what it held", async () => {
    const one = await running();
    const { id } = await makeRenewal(world, one.customer, one.serviceId);
    await world.owner`update services set is_auto_renew = false where id = ${one.serviceId}`;
    await giveBalance(world, one.customer, 400n);
    const isBeingPaid = async () =>
      (await showService(one.customer.actor, one.serviceId, world))?.isBeingPaid;
    expect(await isBeingPaid()).toBe(false);
    const payment = await startCombined(world, one.customer, [id], { balanceMinor: 400n, cardMinor: 600n });
    // A page that nobody has finished is no payment yet.
    expect(await isBeingPaid()).toBe(false);
    await world.owner`update payments set state = 'processing' where id = ${payment.paymentId}`;
    expect(await isBeingPaid()).toBe(true);
    await world.owner`update payments set state = 'sent' where id = ${payment.paymentId}`;
    // Stripe's event that it expired would be faster sometimes, and name the end.
    await world.control.holdWebhooks();
    expect((await cancel(one)).ok).toBe(true);
    expect(await isBeingPaid()).toBe(false);
    expect(await stateOf(one)).toMatchObject({ is_ending: true, renewals: ["due void"] });
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 400n, held: 0n });
    const [row] = await world.owner`select state from payments where id = ${payment.paymentId}`;
    expect(row?.state).toBe("canceled");
  });

  it("ends with the term that was paid meanwhile, where Stripe was faster", async () => {
    const one = await running();
    const { id } = await makeRenewal(world, one.customer, one.serviceId);
    await giveBalance(world, one.customer, 400n);
    const payment = await startCombined(world, one.customer, [id], { balanceMinor: 400n, cardMinor: 600n });
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    const before = await showService(one.customer.actor, one.serviceId, world);
    const cancelled = await cancel(one);
    expect(cancelled.ok && cancelled.value.endsAt > (before?.expiresAt as Date)).toBe(true);
    expect(await stateOf(one)).toMatchObject({ is_ending: true, renewals: ["paid paid"] });
  });

  it("can be taken back until then, and its next term is billed as before", async () => {
    const one = await running(1000n);
    await world.owner`update services set is_auto_renew = false where id = ${one.serviceId}`;
    await makeRenewal(world, one.customer, one.serviceId);
    await world.owner`update services set is_auto_renew = true where id = ${one.serviceId}`;
    await cancel(one);
    expect(await keep(one)).toEqual({ ok: true, value: null });
    expect(await stateOf(one)).toEqual({ state: "active", is_ending: false, renewals: ["due void"] });
    await pass(world, 25 * dayMs);
    await runRenewals(world);
    expect(await stateOf(one)).toMatchObject({ renewals: ["paid paid"] });
  });

  it("is the same said twice, also at the same moment, and beside the renewal run", async () => {
    const one = await running(1000n);
    await pass(world, 25 * dayMs);
    const answers = await Promise.all([cancel(one), cancel(one), runRenewals(world), cancel(one)]);
    expect(answers.every((answer) => !("ok" in answer) || answer.ok)).toBe(true);
    const { is_ending: isEnding, renewals } = (await stateOf(one)) as {
      is_ending: boolean;
      renewals: string[];
    };
    expect(isEnding).toBe(true);
    // Whoever came first: nothing was billed, or the term was paid and the service ends with it.
    expect([[], ["paid paid"]]).toContainEqual(renewals);
    expect((await keep(one)).ok).toBe(true);
    expect((await keep(one)).ok).toBe(true);
  });

  it("is not renewed by hand either", async () => {
    const one = await running(1000n);
    const { customer, serviceId } = one;
    const shown = await showRenewNow(customer.actor, { serviceId, terms: 1 }, world);
    if (!shown.ok || !shown.value.fromBalance) throw new Error("the balance reaches");
    await cancel(one);
    const { fromBalance: plan } = shown.value;
    const input = { serviceId, terms: 1, how: "balance" as const, paymentId: newId(world.clock), plan };
    expect(await renewNow(customer.actor, input, world)).toMatchObject({
      refusal: { code: "service_not_renewable" },
    });
    expect((await showService(customer.actor, serviceId, world))?.next).toMatchObject([{ kind: "end" }]);
  });

  it("is refused where the term of its open invoice has begun, which is for staff to cancel", async () => {
    const one = await running();
    const { number } = await makeRenewal(world, one.customer, one.serviceId);
    await pass(world, 32 * dayMs);
    expect(await cancel(one)).toEqual({ ok: false, refusal: { code: "term_begun", number } });
    expect(await stateOf(one)).toMatchObject({ is_ending: false, renewals: ["invoiced open"] });
  });

  it.each(["pending", "terminated", "canceled"])("is refused for a service that is %s", async (state) => {
    const one = await running();
    await world.owner`update services set state = ${state} where id = ${one.serviceId}`;
    const refusal = { code: "service_not_running", state };
    expect(await cancel(one)).toEqual({ ok: false, refusal });
    expect(await keep(one)).toEqual({ ok: false, refusal });
    await world.owner`update services set state = 'active' where id = ${one.serviceId}`;
  });

  it("is nobody else's to say, and not a viewer's", async () => {
    const [one, other] = [await running(), await running()];
    const theirs = { customer: other.customer, serviceId: one.serviceId };
    expect(await cancel(theirs)).toEqual({ ok: false, refusal: { code: "service_not_found" } });
    expect(await keep(theirs)).toEqual({ ok: false, refusal: { code: "service_not_found" } });
    await world.owner`
      update memberships set role = 'viewer' where customer_id = ${one.customer.customerId}`;
    expect(await cancel(one)).toEqual({ ok: false, refusal: { code: "not_allowed" } });
    expect(await keep(one)).toEqual({ ok: false, refusal: { code: "not_allowed" } });
  });
});
