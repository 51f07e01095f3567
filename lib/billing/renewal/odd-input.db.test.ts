import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { payOutBalance } from "@/lib/admin/pay-out-balance";
import { newId, type PlanId, type ServiceId } from "@/lib/kernel/id";
import { payFromBalance } from "@/lib/portal/pay";
import { createTestDatabase } from "@/lib/testing/database";
import {
  balancePlan,
  bankBalance,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { balanceOf, expectBooksBalance } from "@/lib/testing/payment-facts";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { remindOfInvoices } from "../reminder/remind";
import { stopServices } from "../suspension/stop-services";
import { runRenewals } from "./run-renewals";

const dayMs = 86_400_000;
let world: TestWorld;
/** Arranges what no role of the application may. */
let owner: Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {}, types: exactTypes });
  world = openTestWorld({ url: database.url });
  drop = () => database.drop();
});

afterAll(async () => {
  await expectBooksBalance(world, { full: true });
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

interface Renewing extends TestCustomer {
  planId: PlanId;
  serviceId: ServiceId;
}

/** A monthly service for 10.00, and the clock at the day on which its next term is billed. */
async function atItsLead(isAutoRenew = true): Promise<Renewing> {
  const customer = await makeCustomer(world);
  const planId = await makePlan(world);
  const serviceId = await makeActiveService(world, customer, planId, isAutoRenew);
  const [service] = await owner`select expires_at from services where id = ${serviceId}`;
  world.clock.set(new Date(service?.expires_at.getTime() - 7 * dayMs));
  return { ...customer, planId, serviceId };
}

const invoicesOf = ({ customerId }: TestCustomer) => owner`
  select id, number, state, total_minor as total from invoices where customer_id = ${customerId} and origin = 'renewal'`;

const constraintOf = async (query: Promise<unknown>): Promise<string> => {
  const error = await query.then(
    () => ({}),
    (caught: unknown) => caught,
  );
  return (error as { constraint_name?: string }).constraint_name ?? "";
};

describe("what no plan and no service can be", () => {
  it("a plan with a term of zero, or billed ahead for longer than its term", async () => {
    const planId = await makePlan(world);
    const set = (change: object) =>
      constraintOf(owner`update plans set ${owner(change)} where id = ${planId}`);
    expect(await set({ term_count: 0 })).toMatch(/^plans_(term|lead)_check$/);
    expect(await set({ lead_days: 28 })).toBe("plans_lead_check");
    expect(await set({ term_unit: "day", term_count: 7, lead_days: 7 })).toBe("plans_lead_check");
    expect(await set({ term_unit: "day", term_count: 8, lead_days: 7 })).toBe("");
  });

  it("a service without a plan", async () => {
    const { serviceId } = await atItsLead();
    const nobodys = "0190a000-0000-7000-8000-000000000001";
    expect(await constraintOf(owner`update services set plan_id = ${nobodys} where id = ${serviceId}`)).toBe(
      "services_plan_fk",
    );
    await expect(owner`update services set plan_id = null where id = ${serviceId}`).rejects.toThrow(
      "plan_id",
    );
  });
});

describe("a price that changes between issue and payment", () => {
  it("leaves what was issued as it is, and is paid as it was issued", async () => {
    const service = await atItsLead(false);
    await runRenewals(world);
    await owner`update plan_prices set price_minor = 9900 where plan_id = ${service.planId}`;
    const [issued] = await invoicesOf(service);
    expect(issued).toMatchObject({ state: "open", total: 1000n });
    await giveBalance(world, service, 1000n);
    const input = balancePlan(world, [issued?.id], 1000n);
    expect(await payFromBalance(service.actor, input, world)).toMatchObject({ ok: true });
    expect(await invoicesOf(service)).toMatchObject([{ state: "paid", total: 1000n }]);
  });
});

describe("a clock that jumps back", () => {
  it("bills, reminds and stops nothing twice, and nothing too early", async () => {
    const service = await atItsLead();
    const facts = async () => ({
      invoices: await invoicesOf(service),
      reminders: await owner`select kind, stage from reminders where customer_id = ${service.customerId}
        order by kind, stage`,
      state: (await owner`select state from services where id = ${service.serviceId}`)[0]?.state,
    });
    const work = async () => {
      await runRenewals(world);
      await remindOfInvoices(world);
      await stopServices(world);
    };
    await work();
    world.clock.advance(4 * dayMs);
    await work();
    const before = await facts();
    expect(before).toMatchObject({ state: "active", invoices: [{ state: "open" }] });
    for (const days of [-3, -40, 2]) {
      world.clock.advance(days * dayMs);
      await work();
      expect(await facts()).toEqual(before);
    }
    // On the day on which it is due.
    world.clock.advance(44 * dayMs);
    await work();
    const after = await facts();
    expect(after.invoices).toEqual(before.invoices);
    expect(after.reminders.length).toBeGreaterThan(before.reminders.length);
  });
});

describe("a customer who is closed with a balance", () => {
  it("is billed no more, keeps the balance, and has it paid out by staff", async () => {
    const service = await atItsLead();
    await bankBalance(world, service, 6000n);
    await owner`update customers set closed_at = ${world.clock.now()} where id = ${service.customerId}`;
    await runRenewals(world);
    expect(await invoicesOf(service)).toEqual([]);
    expect(await balanceOf(world, service)).toEqual({ posted: 6000n, held: 0n });
    const wish = { customerId: service.customerId, currency: "USD", amount: "50", seenMinor: 6000n };
    // Their first term was a gift of 10.00: so much stays.
    const finance = await makeStaff(world, "finance");
    expect(
      await payOutBalance(finance, { ...wish, payoutId: newId(), reason: "closed" }, world),
    ).toMatchObject({ ok: true });
    expect(await balanceOf(world, service)).toEqual({ posted: 1000n, held: 0n });
  });
});
