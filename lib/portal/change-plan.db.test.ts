import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { settle } from "@/lib/billing/payment/settle";
import { applyNextPlans } from "@/lib/billing/renewal/apply-next-plans";
import { runRenewals } from "@/lib/billing/renewal/run-renewals";
import type { PlanId, ServiceId } from "@/lib/kernel/id";
import { makeDebt } from "@/lib/testing/charged";
import {
  addPrice,
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { balanceOf, expectAllInOrder, expectBooksBalance, startDirect } from "@/lib/testing/payment-facts";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { cancelService, keepService } from "./cancel-service";
import { changeCompany } from "./change-company";
import { changePlan, type PlanChangeWay, showPlanChange } from "./change-plan";
import { payFromBalance } from "./pay";

let world: StripeWorld;
const day = 86_400_000;

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

interface Running {
  customer: TestCustomer;
  serviceId: ServiceId;
  small: PlanId;
  large: PlanId;
}

/** For 31 days, billed a week ahead. */
async function planOf(priceMinor: bigint): Promise<PlanId> {
  const planId = await makePlan(world, { price: { USD: priceMinor }, unit: "day", count: 31 });
  await world.owner`update plans set lead_days = 7 where id = ${planId}`;
  return planId;
}

/** A service on a plan of 31.00 for 31 days, begun just now; beside it one of 62.00. */
async function running(isAutoRenew = false): Promise<Running> {
  const customer = await makeCustomer(world);
  const small = await planOf(3100n);
  const large = await planOf(6200n);
  const serviceId = await makeActiveService(world, customer, small, isAutoRenew);
  return { customer, serviceId, small, large };
}

async function shown({ customer, serviceId }: Running, planId: PlanId, way: PlanChangeWay) {
  const page = await showPlanChange(customer.actor, { serviceId, planId, way }, world);
  if (!page?.preview?.ok) throw new Error(`there is a preview: ${JSON.stringify(page?.preview)}`);
  return page.preview.value;
}

/** Agrees to what is shown. */
async function change(one: Running, planId: PlanId, way: PlanChangeWay) {
  const { due } = await shown(one, planId, way);
  const wish = { serviceId: one.serviceId, planId, way, agreedMinor: due.minor };
  return changePlan(one.customer.actor, wish, world);
}

async function factsOf({ serviceId }: Running) {
  const [service] = await world.owner`
    select plan_id, next_plan_id, expires_at from services where id = ${serviceId}`;
  const invoices = await world.owner`
    select distinct i.number, i.state, i.total_minor, i.amount_credited_minor, i.due_on, l.kind from invoices i
    join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id
    where i.customer_id = (select customer_id from services where id = ${serviceId}) order by i.number`;
  return { planId: service?.plan_id, nextPlanId: service?.next_plan_id, invoices };
}

describe("a change of plan at once", () => {
  it("to a dearer plan is shown first, and the balance pays the rest of the term", async () => {
    const one = await running();
    await pass(world, 15 * day);
    expect(await shown(one, one.large, "at_once")).toMatchObject({
      ...{
        charged: { minor: 1600n },
        credited: { minor: 0n },
        due: { minor: 1600n },
        shortBy: { minor: 1600n },
      },
      terms: [{ remainingDays: 16, termDays: 31, credited: { minor: 1600n }, charged: { minor: 3200n } }],
    });
    expect(await change(one, one.large, "at_once")).toEqual({
      ok: false,
      refusal: { code: "balance_too_low", shortBy: { minor: 1600n, currency: "USD" } },
    });
    expect(await factsOf(one)).toMatchObject({ planId: one.small });
    await giveBalance(world, one.customer, 2000n);
    expect(await change(one, one.large, "at_once")).toMatchObject({ ok: true });
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 400n, held: 0n });
    expect(await factsOf(one)).toMatchObject({
      planId: one.large,
      invoices: [{ total_minor: 3100n }, { total_minor: 1600n, state: "paid", kind: "other" }],
    });
  });

  it("that credits one term and bills another pays debt first, and is refused where that leaves too little", async () => {
    const one = await running();
    const [service] = await world.owner`select expires_at from services where id = ${one.serviceId}`;
    await addPrice(world, one.small, service?.expires_at, 9300n);
    const { id } = await makeRenewal(world, one.customer, one.serviceId);
    await giveBalance(world, one.customer, 9300n);
    await payFromBalance(one.customer.actor, balancePlan(world, [id], 9300n), world);
    await makeDebt(world, one.customer, 2000n);
    expect(await shown(one, one.large, "at_once")).toMatchObject({
      ...{ charged: { minor: 3100n }, credited: { minor: 3100n }, shortBy: { minor: 2000n } },
    });
    const poor = { code: "balance_too_low", shortBy: { minor: 2000n, currency: "USD" } };
    expect(await change(one, one.large, "at_once")).toEqual({ ok: false, refusal: poor });
    await giveBalance(world, one.customer, 2000n);
    expect(await change(one, one.large, "at_once")).toMatchObject({ ok: true });
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 0n, held: 0n });
  });

  it("bills the customer as every invoice does, with address and tax id", async () => {
    const one = await running();
    const renewal = await makeRenewal(world, one.customer, one.serviceId);
    const company = { name: "Teich GmbH", address: "Am Teich 1\n10115 Berlin", taxId: "DE123456788" };
    await changeCompany(one.customer.actor, { ...company, locale: "en" }, world);
    await giveBalance(world, one.customer, 3100n);
    expect(await change(one, one.large, "at_once")).toMatchObject({ ok: true });
    const bills = await world.owner`
      select bill_to->>'name' as name, bill_to->>'address' as address, bill_to->>'taxId' as "taxId" from invoices
      where customer_id = ${one.customer.customerId} and id > ${renewal.id}`;
    expect([...bills]).toEqual([company, company]);
  });

  it("to a cheaper plan is a credit note to the balance", async () => {
    const one = await running();
    const tiny = await planOf(310n);
    await pass(world, 15 * day);
    expect(await change(one, tiny, "at_once")).toMatchObject({ ok: true });
    // 16 of 31 days: 16.00 credited, 1.60 charged.
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 1440n, held: 0n });
    expect(await factsOf(one)).toMatchObject({
      planId: tiny,
      invoices: [{ state: "paid", amount_credited_minor: 1440n }],
    });
    const [note] = await world.owner`
      select reason, number from credit_notes where customer_id = ${one.customer.customerId}`;
    expect(note).toMatchObject({ reason: "changed", number: expect.stringMatching(/^CN-2026-/) });
  });

  it("there and back on one day costs nothing, and a longer way back only its days", async () => {
    const one = await running();
    await giveBalance(world, one.customer, 5000n);
    expect(await change(one, one.large, "at_once")).toMatchObject({ ok: true });
    expect(await change(one, one.small, "at_once")).toMatchObject({ ok: true });
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 5000n, held: 0n });
    expect(await change(one, one.large, "at_once")).toMatchObject({ ok: true });
    await pass(world, 10 * day);
    expect(await change(one, one.small, "at_once")).toMatchObject({ ok: true });
    // Ten days of a plan that costs 1.00 a day more.
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 4000n, held: 0n });
  });

  it("that credits settles an auto-renew invoice that waits, issued anew for the new plan with its due date", async () => {
    const one = await running(true);
    const cheap = await planOf(1000n);
    await makeRenewal(world, one.customer, one.serviceId);
    const before = (await factsOf(one)).invoices.at(-1);
    expect(before).toMatchObject({ state: "open", total_minor: 3100n });
    // All of the 31 days: 31.00 credited, 10.00 charged, and the renewal of 10.00 is covered.
    expect(await change(one, cheap, "at_once")).toMatchObject({ ok: true, value: { paid: 1 } });
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 1100n, held: 0n });
    const { invoices } = await factsOf(one);
    expect(invoices.at(-2)).toMatchObject({ state: "void", number: before?.number });
    expect(invoices.at(-1)).toMatchObject({ state: "paid", total_minor: 1000n, due_on: before?.due_on });
  });

  it("is refused for a term of another length, for another kind of service, for what does not run, and for another sum than was shown", async () => {
    const one = await running();
    const yearly = await makePlan(world, { price: { USD: 30_000n }, unit: "year" });
    const wish = { serviceId: one.serviceId, planId: yearly, way: "at_once" as const, agreedMinor: 0n };
    const refusal = async (other: object) => {
      const answer = await changePlan(one.customer.actor, { ...wish, ...other }, world);
      return answer.ok ? null : answer.refusal.code;
    };
    expect(await refusal({})).toBe("term_differs");
    expect(await refusal({ planId: one.small })).toBe("plan_is_the_same");
    expect(await refusal({ planId: one.large, agreedMinor: 1n })).toBe("plan_change_differs");
    expect(await refusal({ planId: await makePlan(world, { price: { EUR: 1n } }) })).toBe(
      "plan_without_price",
    );
    const domain = await makePlan(world, { price: { USD: 1_290n }, family: "domain" });
    expect(await refusal({ planId: domain })).toBe("plan_of_another_family");
    const choices = await showPlanChange(one.customer.actor, { ...wish, planId: undefined }, world);
    const offered = choices?.plans.map(({ id }) => id);
    expect(offered).toEqual(expect.arrayContaining([one.small, one.large]));
    expect(offered).not.toContain(domain);
    const stranger = await makeCustomer(world);
    expect(await changePlan(stranger.actor, wish, world)).toMatchObject({
      refusal: { code: "service_not_found" },
    });
    await world.owner`update memberships set role = 'viewer' where user_id = ${one.customer.actor.userId}`;
    expect(await refusal({ planId: one.large, agreedMinor: 3100n })).toBe("not_allowed");
  });
});

describe("a change of plan of a service that ends with its term", () => {
  it("is refused on either day until the service is kept, and nothing is charged", async () => {
    const one = await running();
    await giveBalance(world, one.customer, 5000n);
    await cancelService(one.customer.actor, one, world);
    for (const way of ["next_term", "at_once"] as const) {
      const wish = { serviceId: one.serviceId, planId: one.large, way };
      const page = await showPlanChange(one.customer.actor, wish, world);
      expect(page).toMatchObject({
        service: { isEnding: true },
        preview: { ok: false, refusal: { code: "service_ending" } },
      });
      for (const agreedMinor of [0n, 3100n]) {
        expect(await changePlan(one.customer.actor, { ...wish, agreedMinor }, world)).toEqual({
          ok: false,
          refusal: { code: "service_ending" },
        });
      }
    }
    expect(await factsOf(one)).toMatchObject({ planId: one.small, nextPlanId: null });
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 5000n, held: 0n });
    await keepService(one.customer.actor, one, world);
    expect(await change(one, one.large, "at_once")).toMatchObject({ ok: true });
  });
});

describe("a change of plan from the next term", () => {
  it("says what its terms cost then, at the price that holds when the first of them starts", async () => {
    const one = await running();
    const [service] = await world.owner`select expires_at from services where id = ${one.serviceId}`;
    const at: Date = service?.expires_at;
    await addPrice(world, one.large, new Date(at.getTime() - day), 6600n);
    for (const way of ["next_term", "at_once"] as const) {
      expect((await shown(one, one.large, way)).termsAhead).toEqual({
        ...{ price: { minor: 6600n, currency: "USD" }, term: { unit: "day", count: 31 }, at },
      });
    }
  });

  it("leaves what is paid as it is; the run bills the new plan, which is the service's once its term begins", async () => {
    const one = await running(true);
    expect(await shown(one, one.large, "next_term")).toMatchObject({ due: { minor: 0n }, reissued: [] });
    expect(await change(one, one.large, "next_term")).toMatchObject({ ok: true });
    expect(await factsOf(one)).toMatchObject({ planId: one.small, nextPlanId: one.large });
    await giveBalance(world, one.customer, 6200n);
    await pass(world, 25 * day);
    expect(await runRenewals(world)).toMatchObject({ paid: 1 });
    expect(await applyNextPlans(world)).toBe(0);
    expect(
      await changePlan(
        one.customer.actor,
        { serviceId: one.serviceId, planId: one.small, way: "next_term", agreedMinor: 0n },
        world,
      ),
    ).toMatchObject({ ok: false, refusal: { code: "change_is_paid" } });
    await pass(world, 7 * day);
    expect(await applyNextPlans(world)).toBe(1);
    expect(await applyNextPlans(world)).toBe(0);
    expect(await factsOf(one)).toMatchObject({
      ...{ planId: one.large, nextPlanId: null },
      invoices: [{ total_minor: 3100n }, { total_minor: 6200n, state: "paid" }],
    });
  });

  it("is taken back by choosing the plan it has", async () => {
    const one = await running();
    await change(one, one.large, "next_term");
    expect(await change(one, one.small, "next_term")).toMatchObject({ ok: true });
    expect(await factsOf(one)).toMatchObject({ planId: one.small, nextPlanId: null });
  });

  it("voids an unpaid renewal and issues it anew, once the payment under way on it is closed", async () => {
    const one = await running();
    const renewal = await makeRenewal(world, one.customer, one.serviceId);
    const payment = await startDirect(world, one.customer, [renewal.id], { cardMinor: 3100n });
    expect(await change(one, one.large, "next_term")).toMatchObject({ ok: true });
    const { invoices } = await factsOf(one);
    expect(invoices.slice(-2)).toMatchObject([
      { number: renewal.number, state: "void" },
      { state: "open", total_minor: 6200n },
    ]);
    await expect(world.control.pay(payment.sessionId)).rejects.toThrow(/expired/);
  });
});

describe("a change of plan against", () => {
  it("payment of the renewal: the term that is paid is billed once, for the plan of whoever came first", async () => {
    for (let round = 0; round < 6; round += 1) {
      const one = await running();
      await giveBalance(world, one.customer, 3100n);
      const renewal = await makeRenewal(world, one.customer, one.serviceId);
      const [changed, paid] = await Promise.all([
        change(one, one.large, "next_term"),
        payFromBalance(one.customer.actor, balancePlan(world, [renewal.id], 3100n), world),
      ]);
      const { invoices } = await factsOf(one);
      const state = invoices.find(({ number }) => number === renewal.number)?.state;
      expect(changed.ok).toBe(true);
      expect(state).toBe(paid.ok ? "paid" : "void");
      expect(await balanceOf(world, one.customer)).toEqual({ posted: paid.ok ? 0n : 3100n, held: 0n });
    }
  });

  it("Stripe, which took the payment of the renewal already: that wins, and nothing is changed", async () => {
    const one = await running();
    const renewal = await makeRenewal(world, one.customer, one.serviceId);
    const payment = await startDirect(world, one.customer, [renewal.id], { cardMinor: 3100n });
    await world.control.holdWebhooks();
    await world.control.pay(payment.sessionId);
    expect(await change(one, one.large, "next_term")).toEqual({
      ok: false,
      refusal: { code: "paid_meanwhile" },
    });
    expect(await factsOf(one)).toMatchObject({ planId: one.small, nextPlanId: null });
    expect(await settle(world, payment)).toMatchObject({ kind: "settled", state: "succeeded" });
  });

  it("the renewal run: one invoice of the next term, of the plan that it found, and no term twice", async () => {
    for (let round = 0; round < 4; round += 1) {
      const one = await running();
      await pass(world, 26 * day);
      const [changed] = await Promise.all([change(one, one.large, "next_term"), runRenewals(world)]);
      await runRenewals(world);
      expect(changed.ok || changed.refusal.code === "plan_change_differs").toBe(true);
      const { invoices } = await factsOf(one);
      const open = invoices.filter(({ state, kind }) => state === "open" && kind === "renewal");
      expect(open).toMatchObject([{ total_minor: changed.ok ? 6200n : 3100n }]);
    }
  });

  it("itself in two tabs: one changes, the other is told that it is the plan, and money moves once", async () => {
    const one = await running();
    await giveBalance(world, one.customer, 10_000n);
    const { due } = await shown(one, one.large, "at_once");
    const wish = {
      serviceId: one.serviceId,
      planId: one.large,
      way: "at_once" as const,
      agreedMinor: due.minor,
    };
    const both = await Promise.all([
      changePlan(one.customer.actor, wish, world),
      changePlan(one.customer.actor, wish, world),
    ]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: "plan_is_the_same" } });
    expect(await balanceOf(world, one.customer)).toEqual({ posted: 10_000n - due.minor, held: 0n });
  });
});
