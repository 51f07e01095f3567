import { addDays } from "@/lib/kernel/calendar";
import type { PlanId } from "@/lib/kernel/id";
import { payFromBalance } from "@/lib/portal/pay";
import { balancePlan, giveBalance, makeCustomer, makeOrder, makePlan } from "../../fixtures";
import type { TestWorld } from "../../world";
import { type Cast, countries, makeTaxRates, type SimulatedCustomer } from "../cast";
import type { Random } from "../random";

const plans = [
  {
    unit: "month",
    count: 1,
    price: { USD: 999n, EUR: 1049n, GBP: 870n, JPY: 1200n, KWD: 3120n, CNY: 6500n },
  },
  {
    unit: "month",
    count: 1,
    price: { USD: 2500n, EUR: 2400n, GBP: 2100n, JPY: 3600n, KWD: 7700n, CNY: 18000n },
  },
  { unit: "day", count: 10, price: { USD: 400n, EUR: 390n, GBP: 350n, JPY: 600n, KWD: 1250n, CNY: 2900n } },
] as const;

/**
 * A host with so many services, two to four a customer, whose first terms began on different days. Some customers keep
 * money for months, some for a term, some none; more than half have cards.
 */
export async function makeHost(world: TestWorld, services: number, random: Random): Promise<Cast> {
  await makeTaxRates(world);
  const planIds: PlanId[] = [];
  for (const plan of plans) planIds.push(await makePlan(world, plan));
  await world.staff.sql`update plans set lead_days = case term_unit when 'day' then 4 else 7 end`;
  const customers: SimulatedCustomer[] = [];
  const start = world.clock.now();
  for (let made = 0; made < services; ) {
    const [country, currency] = random.pick(countries);
    const name = `C${customers.length + 1}`;
    const customer = { ...(await makeCustomer(world, { country, currency, name })), name };
    customers.push(customer);
    const count = Math.min(random.between(2, 4), services - made);
    for (let at = 0; at < count; at += 1) {
      await begin(world, customer, random.pick(planIds), random.chance(0.75));
    }
    made += count;
    await giveBalance(world, customer, BigInt(random.pick([1, 300, 3_000, 30_000])));
    // The first terms are spread over three weeks.
    world.clock.advance((addDays(start, 21, "UTC").getTime() - start.getTime()) / (services / 3));
  }
  return { customers, cardHolders: customers.filter(() => random.chance(0.6)), plans: planIds };
}

async function begin(
  world: TestWorld,
  customer: SimulatedCustomer,
  planId: PlanId,
  isAutoRenew: boolean,
): Promise<void> {
  const { invoice } = await makeOrder(world, customer, planId, isAutoRenew);
  const [row] = await world.jobs.sql`select total_minor from invoices where id = ${invoice.id}`;
  await giveBalance(world, customer, row?.total_minor);
  const paid = await payFromBalance(
    customer.actor,
    balancePlan(world, [invoice.id], row?.total_minor),
    world,
  );
  if (!paid.ok) throw new Error(`the first term is paid: ${paid.refusal.code}`);
}
