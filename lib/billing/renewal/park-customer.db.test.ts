import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  makeActiveService,
  makeCustomer,
  makeOrder,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance, startDirect } from "@/lib/testing/payment-facts";
import { saveCard } from "@/lib/testing/saved-cards";
import { calm, openStripeWorld, pass, type StripeWorld } from "@/lib/testing/stripe-world";
import { turnOnAutoPay } from "@/lib/testing/turn-on-auto-pay";
import { topUpLow } from "../auto-pay/top-up-low";
import { voidUnpaidOrders } from "../suspension/void-unpaid-orders";
import { applyNextPlans } from "./apply-next-plans";
import { endCancelled } from "./end-cancelled";

const day = 86_400_000;

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
  // What no data of ours does: a service that cannot be changed.
  await world.owner.unsafe(`
    create function refuse_odd() returns trigger language plpgsql as $$
      begin raise exception 'odd'; end $$;
    create trigger refuse_odd before update of state, plan_id on services
      for each row when (old.label = 'odd') execute function refuse_odd()`);
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
  await world.owner`update customers set closed_at = now() where not is_house`;
});

afterAll(() => world.close());

/** In the order of their ids, which is the order in which jobs take them. */
async function customers(count: number): Promise<TestCustomer[]> {
  const made: TestCustomer[] = [];
  for (let i = 0; i < count; i += 1) made.push(await makeCustomer(world));
  return made.sort((one, other) => (one.customerId < other.customerId ? -1 : 1));
}

const spoil = ({ customerId }: TestCustomer) =>
  world.owner`update services set label = 'odd' where customer_id = ${customerId}`;

async function standing({ customerId }: TestCustomer) {
  const [row] = await world.owner`
    select (select string_agg(s.state::text, ' ') from services s where s.customer_id = c.id) as services,
      (select count(*)::int from tasks t where t.customer_id = c.id and t.kind = 'renewal_parked') as parked
    from customers c where c.id = ${customerId}`;
  return row;
}

describe("one customer whose data is odd is parked once, and the others' go on", () => {
  it("when cancelled services end", async () => {
    const made = await customers(3);
    for (const one of made) await makeActiveService(world, one, await makePlan(world));
    await world.owner`update services set cancel_requested_at = ${world.clock.now()}`;
    await spoil(made[0] as TestCustomer);
    await pass(world, 32 * day);
    expect(await endCancelled(world, 1)).toBe(2);
    expect(await endCancelled(world, 1)).toBe(0);
    expect(await Promise.all(made.map(standing))).toEqual([
      { services: "active", parked: 1 },
      { services: "canceled", parked: 0 },
      { services: "canceled", parked: 0 },
    ]);
  });

  it("when services get the plan that was chosen for their next term", async () => {
    const made = await customers(3);
    const next = await makePlan(world);
    for (const one of made) await makeActiveService(world, one, await makePlan(world));
    await world.owner`
      update services set next_plan_id = ${next}, next_plan_at = ${world.clock.now()}
      where customer_id = any(${made.map(({ customerId }) => customerId)}::uuid[])`;
    await spoil(made[1] as TestCustomer);
    expect(await applyNextPlans(world)).toBe(2);
    expect(await applyNextPlans(world)).toBe(0);
    expect((await Promise.all(made.map(standing))).map((row) => row?.parked)).toEqual([0, 1, 0]);
    const changed = await world.owner`select customer_id from services where plan_id = ${next} order by 1`;
    expect(changed.map((row) => row.customer_id)).toEqual([made[0]?.customerId, made[2]?.customerId]);
  });

  it("when orders that nobody paid are void", async () => {
    const made = await customers(3);
    for (const one of made) await makeOrder(world, one, await makePlan(world));
    await spoil(made[0] as TestCustomer);
    await pass(world, 22 * day);
    expect(await voidUnpaidOrders(world, 1)).toBe(2);
    expect(await voidUnpaidOrders(world, 1)).toBe(0);
    expect((await Promise.all(made.map(standing))).map((row) => row?.parked)).toEqual([1, 0, 0]);
  });
});

describe("what cannot be done yet keeps nothing back that comes after it", () => {
  it("an order whose payment by bank transfer is still under way", async () => {
    const [waiting, other] = (await customers(2)) as [TestCustomer, TestCustomer];
    const { invoice } = await makeOrder(world, waiting, await makePlan(world));
    await makeOrder(world, other, await makePlan(world));
    const { sessionId } = await startDirect(world, waiting, [invoice.id], { cardMinor: 1000n });
    await world.control.pay(sessionId, { method: "us_bank_account", later: "waits" });
    await pass(world, 22 * day);
    expect(await voidUnpaidOrders(world, 1)).toBe(1);
    expect(await Promise.all([waiting, other].map(standing))).toEqual([
      { services: "pending", parked: 0 },
      { services: "canceled", parked: 0 },
    ]);
  });

  it("a balance that may not be topped up any further this month", async () => {
    const [atItsCap, other] = (await customers(2)) as [TestCustomer, TestCustomer];
    const topUpFor = async (one: TestCustomer) => {
      const card = await saveCard(world, one);
      await turnOnAutoPay(world, one, card.id);
      await world.owner`
        insert into auto_top_ups (customer_id, currency, is_on, threshold_minor, amount_minor, monthly_cap_minor, user_id,
          changed_at)
        values (${one.customerId}, 'USD', true, 3000, 2000, 2000, ${one.actor.userId}, ${world.clock.now()})`;
    };
    await topUpFor(atItsCap);
    expect(await topUpLow(world, 1)).toBe(1);
    await topUpFor(other);
    expect(await topUpLow(world, 1)).toBe(1);
    const balances = await world.owner`
      select posted_minor from balances where customer_id in (${atItsCap.customerId}, ${other.customerId})`;
    expect(balances.map((row) => row.posted_minor)).toEqual([2000n, 2000n]);
  });
});
