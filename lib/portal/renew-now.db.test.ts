import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { applyNextPlans } from "@/lib/billing/renewal/apply-next-plans";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import { newId, type ServiceId } from "@/lib/kernel/id";
import {
  addPrice,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { balanceOf, expectAllInOrder, expectBooksBalance, ledToStripe } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { cancelInvoice } from "./cancel-invoice";
import { changePlan } from "./change-plan";
import { abandonPayment } from "./pay";
import { type RenewInput, renewNow, showRenewNow } from "./renew-now";
import type { PlanShown } from "./shapes";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld({ max: 20 });
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
  expiresAt: Date;
}

/** A service of 10.00 a month whose first term has just begun. */
async function running(balance = 0n): Promise<Running> {
  const customer = await makeCustomer(world);
  const serviceId = await makeActiveService(world, customer, await makePlan(world));
  if (balance > 0n) await giveBalance(world, customer, balance);
  const [row] = await world.owner`select expires_at from services where id = ${serviceId}`;
  return { customer, serviceId, expiresAt: row?.expires_at };
}

async function inputFor(
  { customer, serviceId }: Running,
  terms: number,
  how: RenewInput["how"],
): Promise<RenewInput> {
  const shown = await showRenewNow(customer.actor, { serviceId, terms }, world);
  if (!shown.ok) throw new Error(shown.refusal.code);
  const plan = {
    balance: shown.value.fromBalance,
    combined: shown.value.combined,
    direct: shown.value.direct,
  }[how];
  return { serviceId, terms, how, paymentId: newId(world.clock), plan: plan as PlanShown };
}

/** The service's renewals by start: what bills them, and the invoice's state. */
async function renewalsOf({ serviceId }: Running) {
  const rows = await world.owner`
    select r.state, i.state as invoice, i.number is not null as is_numbered from renewals r
    left join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
    where r.service_id = ${serviceId} order by r.term_starts_at`;
  return rows.map((row) => `${row.state} ${row.invoice}${row.is_numbered ? "" : " unnumbered"}`);
}

async function monthsPaid({ serviceId, expiresAt }: Running): Promise<number> {
  const [row] = await world.owner`select expires_at, state from services where id = ${serviceId}`;
  return Math.round((row?.expires_at.getTime() - expiresAt.getTime()) / (30.4 * dayMs));
}

describe("renewing now", () => {
  it("pays several terms from the balance at once, an invoice for each", async () => {
    const one = await running(3500n);
    const input = await inputFor(one, 3, "balance");
    const renewed = await renewNow(one.customer.actor, input, world);
    expect(renewed).toMatchObject({ ok: true, value: { kind: "paid" } });
    expect(await renewalsOf(one)).toEqual(Array(3).fill("paid paid"));
    expect(await monthsPaid(one)).toBe(3);
    expect((await balanceOf(world, one.customer)).posted).toBe(500n);
  });

  it("bills each term at the price of its start, and of the plan that was chosen for it", async () => {
    const one = await running(20_000n);
    const dear = await makePlan(world, { price: { USD: 3000n } });
    const soonAfter = new Date(one.expiresAt.getTime() + dayMs);
    await addPrice(world, dear, soonAfter, 4000n);
    const wish = { serviceId: one.serviceId, planId: dear, way: "next_term" as const, agreedMinor: 0n };
    expect(await changePlan(one.customer.actor, wish, world)).toMatchObject({ ok: true });
    const input = await inputFor(one, 3, "balance");
    expect(input.plan).toMatchObject({ balanceMinor: "11000" });
    expect(await renewNow(one.customer.actor, input, world)).toMatchObject({ ok: true });
    expect(await monthsPaid(one)).toBe(3);
    const planOf = async () => {
      const [row] = await world.owner`select plan_id from services where id = ${one.serviceId}`;
      return row?.plan_id;
    };
    await applyNextPlans(world);
    expect(await planOf()).not.toBe(dear);
    await pass(world, one.expiresAt.getTime() - world.clock.now().getTime());
    await applyNextPlans(world);
    expect(await planOf()).toBe(dear);
  });

  it("pays them by one charge, with the invoice that was open already", async () => {
    const one = await running(500n);
    await makeRenewal(world, one.customer, one.serviceId);
    const input = await inputFor(one, 3, "combined");
    expect(input.plan).toMatchObject({ balanceMinor: "500", cardMinor: "2500" });
    const payment = await ledToStripe(world, one.customer, await renewNow(one.customer.actor, input, world));
    expect(await renewalsOf(one)).toEqual(Array(3).fill("invoiced open"));
    await world.control.pay(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await renewalsOf(one)).toEqual(Array(3).fill("paid paid"));
    expect(await monthsPaid(one)).toBe(3);
  });

  it("voids what it issued when it ends unpaid, and leaves what was open before", async () => {
    const one = await running(500n);
    await makeRenewal(world, one.customer, one.serviceId);
    const input = await inputFor(one, 3, "combined");
    const payment = await ledToStripe(world, one.customer, await renewNow(one.customer.actor, input, world));
    await abandonPayment(one.customer.actor, { paymentId: payment.paymentId }, world);
    expect(await renewalsOf(one)).toEqual(["invoiced open", "due void", "due void"]);
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 500n, held: 0n });
    const notes =
      await world.owner`select number from credit_notes where customer_id = ${one.customer.customerId}`;
    expect(notes.map(({ number }) => number)).toEqual([expect.any(String), expect.any(String)]);
    // The same terms can be renewed again, on the same renewals.
    await giveBalance(world, one.customer, 2500n);
    const again = await renewNow(one.customer.actor, await inputFor(one, 3, "balance"), world);
    expect(again.ok).toBe(true);
    expect(await renewalsOf(one)).toEqual(Array(3).fill("paid paid"));
  });

  it("voids what it issued when Stripe's page expires", async () => {
    const one = await running();
    const input = await inputFor(one, 2, "direct");
    const payment = await ledToStripe(world, one.customer, await renewNow(one.customer.actor, input, world));
    await world.control.expire(payment.sessionId);
    await world.control.webhooksIdle();
    expect(await renewalsOf(one)).toEqual(["due void", "due void"]);
  });

  it("issues a declined renewal anew, also for a service that is suspended, and ends the suspension", async () => {
    const one = await running(1000n);
    await world.owner`
      insert into renewals (customer_id, id, service_id, term_starts_at, state)
      values (${one.customer.customerId}, ${newId()}, ${one.serviceId}, ${one.expiresAt}, 'declined')`;
    await pass(world, 32 * dayMs);
    await suspend(one);
    const renewed = await renewNow(one.customer.actor, await inputFor(one, 1, "balance"), world);
    expect(renewed.ok).toBe(true);
    expect(await renewalsOf(one)).toEqual(["paid paid"]);
    const [service] = await world.owner`select state from services where id = ${one.serviceId}`;
    expect(service?.state).toBe("active");
  });

  it("leaves a renewal declined that was, when the payment ends unpaid: the run does not bill it", async () => {
    const one = await running();
    const renewal = await makeRenewal(world, one.customer, one.serviceId);
    expect(await cancelInvoice(one.customer.actor, { invoiceId: renewal.id }, world)).toMatchObject({
      ok: true,
    });
    const input = await inputFor(one, 2, "direct");
    const payment = await ledToStripe(world, one.customer, await renewNow(one.customer.actor, input, world));
    await abandonPayment(one.customer.actor, { paymentId: payment.paymentId }, world);
    expect(await renewalsOf(one)).toEqual(["declined void", "due void"]);
    await giveBalance(world, one.customer, 1000n);
    await pass(world, one.expiresAt.getTime() - dayMs - world.clock.now().getTime());
    await runRenewals(world);
    expect(await renewalsOf(one)).toEqual(["declined void", "due void"]);
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 1000n, held: 0n });
    // By hand it is renewed all the same, and what follows renews as ever.
    expect(await renewNow(one.customer.actor, await inputFor(one, 1, "balance"), world)).toMatchObject({
      ok: true,
    });
    expect(await renewalsOf(one)).toEqual(["paid paid", "due void"]);
  });

  it("leaves nothing behind where it is refused", async () => {
    const one = await running(100n);
    const input = await inputFor(one, 2, "direct");
    const wrong = { ...input, plan: { ...input.plan, cardMinor: "1" } };
    expect(await renewNow(one.customer.actor, wrong, world)).toMatchObject({
      ok: false,
      refusal: { code: "plan_changed", plan: input.plan },
    });
    const poor = { ...input, how: "balance" as const };
    expect(await renewNow(one.customer.actor, poor, world)).toMatchObject({
      refusal: { code: "balance_too_low" },
    });
    expect(await renewalsOf(one)).toEqual([]);
  });

  it.each(["pending", "terminated", "canceled"])("refuses a service that is %s", async (state) => {
    const one = await running(1000n);
    const input = await inputFor(one, 1, "balance");
    await world.owner`update services set state = ${state} where id = ${one.serviceId}`;
    expect(await renewNow(one.customer.actor, input, world)).toEqual({
      ok: false,
      refusal: { code: "service_not_renewable" },
    });
    await world.owner`update services set state = 'active' where id = ${one.serviceId}`;
  });

  it("refuses what is somebody else's, costs nothing, or is not theirs to pay", async () => {
    const [one, other] = [await running(1000n), await running(1000n)];
    const input = await inputFor(one, 1, "balance");
    expect(await renewNow(other.customer.actor, input, world)).toMatchObject({
      refusal: { code: "service_not_found" },
    });
    await world.owner`
      update memberships set role = 'viewer' where customer_id = ${one.customer.customerId}`;
    expect(await renewNow(one.customer.actor, input, world)).toMatchObject({
      refusal: { code: "not_allowed" },
    });
    await world.owner`update plan_prices set price_minor = 0 where plan_id = (
      select plan_id from services where id = ${other.serviceId})`;
    const free = await showRenewNow(other.customer.actor, { serviceId: other.serviceId, terms: 1 }, world);
    expect(free).toMatchObject({ refusal: { code: "service_not_renewable" } });
  });
});

async function suspend({ serviceId }: Running): Promise<void> {
  await world.owner`update services set state = 'suspended', suspended_at = now() where id = ${serviceId}`;
}

describe("renewing at the same moment", () => {
  it("twice by a double click is one payment, and ten times too", async () => {
    const one = await running(10_000n);
    const input = await inputFor(one, 2, "balance");
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => renewNow(one.customer.actor, input, world)),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(await renewalsOf(one)).toEqual(["paid paid", "paid paid"]);
    expect((await balanceOf(world, one.customer)).posted).toBe(8000n);
  });

  it("in two tabs is one term after the other, never the same twice", async () => {
    const one = await running(10_000n);
    const input = await inputFor(one, 1, "balance");
    const answers = await Promise.all(
      [1, 2, 3].map(() => renewNow(one.customer.actor, { ...input, paymentId: newId(world.clock) }, world)),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(await renewalsOf(one)).toEqual(Array(3).fill("paid paid"));
    expect(await monthsPaid(one)).toBe(3);
  });

  it("as the renewal run bills each term once", async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => running(1000n)));
    await world.owner`
      update services set is_auto_renew = true where id = any(${all.map(({ serviceId }) => serviceId)}::uuid[])`;
    const inputs = await Promise.all(all.map((one) => inputFor(one, 1, "balance")));
    await pass(world, 25 * dayMs);
    await Promise.all([
      runRenewals(world, { batchSize: 2 }),
      ...all.map((one, index) => renewNow(one.customer.actor, inputs[index] as RenewInput, world)),
      runRenewals(world, { batchSize: 3 }),
    ]);
    for (const one of all) {
      expect(await renewalsOf(one)).toEqual(["paid paid"]);
      expect(await monthsPaid(one)).toBe(1);
    }
    const parked = await world.owner`select 1 from tasks where kind = 'renewal_parked'`;
    expect(parked).toHaveLength(0);
  });
});
