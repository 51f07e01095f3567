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
