import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { giveBalance, makeActiveService, makeCustomer, makePlan } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { balanceOf, expectBooksBalance } from "@/lib/testing/payment-facts";
import type { TestWorld } from "@/lib/testing/world";
import { changePlanUnclaimed } from "./change-plan";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterEach(() => expectBooksBalance(world));

afterAll(() => world.close());

/** On its first day, a service of 10.00 that may become one of 15.00: 5.00 are due now. */
async function running(balance: bigint) {
  const customer = await makeCustomer(world);
  const small = await makePlan(world, { price: { USD: 1000n } });
  const large = await makePlan(world, { price: { USD: 1500n } });
  const serviceId = await makeActiveService(world, customer, small);
  if (balance > 0n) await giveBalance(world, customer, balance);
  const change = (agreedMinor: bigint) =>
    changePlanUnclaimed(world, world.app, {
      ...customer.actor,
      serviceId,
      planId: large,
      way: "at_once",
      actor: "customer",
      permit: async () => true,
      agreedMinor,
    });
  return { customer, change };
}

it("a plan is changed for the very sum that was agreed to, or not at all", async () => {
  const { customer, change } = await running(1000n);
  for (const agreed of [499n, 501n, 0n, -500n]) {
    expect(await change(agreed)).toEqual({ kind: "refused", refusal: { code: "plan_change_differs" } });
  }
  expect(await balanceOf(world, customer)).toEqual({ posted: 1000n, held: 0n });
  expect(await change(500n)).toMatchObject({ kind: "changed" });
  expect(await balanceOf(world, customer)).toEqual({ posted: 500n, held: 0n });
});

it("a dearer plan is changed to only where the balance pays it, to the unit", async () => {
  const short = await running(499n);
  expect(await short.change(500n)).toEqual({
    kind: "refused",
    refusal: { code: "balance_too_low", shortBy: { minor: 1n, currency: "USD" } },
  });
  expect(await balanceOf(world, short.customer)).toEqual({ posted: 499n, held: 0n });
  const enough = await running(500n);
  expect(await enough.change(500n)).toMatchObject({ kind: "changed", paid: 1 });
  expect(await balanceOf(world, enough.customer)).toEqual({ posted: 0n, held: 0n });
});

it("across a change of rate, each paper bears the tax of its own period, there and back", async () => {
  for (const [from, ppm] of [
    ["2020-01-01T00:00:00Z", 190_000],
    ["2026-04-15T00:00:00Z", 200_000],
  ] as const) {
    await world.staff.sql`
      insert into tax_rates (country, valid_from, name, rate_ppm)
      values ('DE', ${from}::text::timestamptz, 'VAT', ${ppm})`;
  }
  world.clock.set(new Date("2026-04-01T00:00:00Z"));
  const customer = await makeCustomer(world, { country: "DE" });
  const small = await makePlan(world, { price: { USD: 1000n } });
  const large = await makePlan(world, { price: { USD: 2000n } });
  const serviceId = await makeActiveService(world, customer, small);
  await giveBalance(world, customer, 5000n);
  const { customerId } = customer;
  const change = (planId: typeof small, agreedMinor: bigint) =>
    changePlanUnclaimed(world, world.app, {
      ...{ ...customer.actor, serviceId, planId, way: "at_once", actor: "customer", agreedMinor },
      permit: async () => true,
    });
  world.clock.set(new Date("2026-04-16T00:00:00Z"));
  // 15 of 30 days: 5.00 at 19 % back, 10.00 at 20 % billed.
  expect(await change(large, 1200n - 595n)).toMatchObject({ kind: "changed" });
  const papers = () => world.jobs.sql`
    select 'bill' as paper, net_minor as net, tax_minor as tax, issued_at, id from invoices
    where customer_id = ${customerId} and origin = 'manual'
    union all select 'note', net_minor, tax_minor, issued_at, id from credit_notes where customer_id = ${customerId}
    order by issued_at, paper, id`;
  const shown = async () => (await papers()).map(({ paper, net, tax }) => [paper, net, tax]);
  expect(await shown()).toEqual([
    ["bill", 1000n, 200n],
    ["note", 500n, 95n],
  ]);
  // 10 days: what was billed at 20 % comes back at 20 %, and is one paper since nothing changed in between.
  world.clock.set(new Date("2026-04-21T00:00:00Z"));
  expect(await change(small, -401n)).toMatchObject({ kind: "changed" });
  expect((await shown()).slice(2)).toEqual([["note", 334n, 67n]]);
});
