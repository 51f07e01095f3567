import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { transact } from "@/db/transaction";
import type { CustomerId, ServiceId } from "@/lib/kernel/id";
import { createTestDatabase } from "@/lib/testing/database";
import {
  addPrice,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { forecastRenewals } from "./forecast";
import { readForecastScenes, readForecastScenesOf } from "./read-forecast";
import { runRenewals } from "./run-renewals";
import { settleCovered } from "./settle-covered";

let world: TestWorld;
let owner: Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 4, onnotice: () => {}, types: exactTypes });
  drop = () => database.drop();
  world = openTestWorld({ url: database.url, max: 12 });
  await owner`
    insert into tax_rates (country, valid_from, name, rate_ppm) values ('DE', '2020-01-01', 'VAT', 190000)
    on conflict do nothing`;
});

afterAll(async () => {
  await expectBooksBalance(world, { full: true });
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

const hourMs = 3_600_000;
/** Expiries stand on these hours, so that a pass every three hours finds each service at the instant it is due. */
const stepMs = 3 * hourMs;
const days = 60;

const serviceGiven = fc.record({
  priceMinor: fc.bigInt({ min: 0n, max: 2000n }),
  dearerMinor: fc.option(fc.bigInt({ min: 0n, max: 2500n }), { nil: null }),
  expiresInSteps: fc.integer({ min: -16, max: 50 * 8 }),
  unit: fc.constantFrom("day" as const, "month" as const),
  count: fc.integer({ min: 1, max: 2 }),
  leadDays: fc.integer({ min: 0, max: 7 }),
  isAutoRenew: fc.constantFrom(true, true, true, false),
  isBilled: fc.boolean(),
});

const householdGiven = fc.record({
  country: fc.constantFrom("US", "DE"),
  balanceMinor: fc.bigInt({ min: 0n, max: 9000n }),
  services: fc.array(serviceGiven, { minLength: 1, maxLength: 5 }),
});

type ServiceGiven = typeof serviceGiven extends fc.Arbitrary<infer T> ? T : never;
type HouseholdGiven = typeof householdGiven extends fc.Arbitrary<infer T> ? T : never;

async function settle(given: HouseholdGiven): Promise<TestCustomer> {
  const customer = await makeCustomer(world, { country: given.country });
  const billed: ServiceId[] = [];
  for (const one of given.services) {
    const serviceId = await addService(customer, one);
    if (one.isBilled) billed.push(serviceId);
  }
  // Only then: the money for a first term would pay an open renewal.
  for (const serviceId of billed) await makeRenewal(world, customer, serviceId);
  if (given.balanceMinor > 0n) await giveBalance(world, customer, given.balanceMinor);
  return customer;
}

async function addService(customer: TestCustomer, given: ServiceGiven): Promise<ServiceId> {
  const { unit, dearerMinor, expiresInSteps } = given;
  // Terms of days are long enough for any lead.
  const count = unit === "day" ? given.count * 11 : given.count;
  const planId = await makePlan(world, { price: { USD: 100n }, unit, count });
  await owner`update plans set lead_days = ${given.leadDays} where id = ${planId}`;
  const serviceId = await makeActiveService(world, customer, planId, given.isAutoRenew);
  await owner`update plan_prices set price_minor = ${given.priceMinor} where plan_id = ${planId}`;
  const now = world.clock.now().getTime();
  if (dearerMinor !== null) {
    await addPrice(world, planId, new Date(now + 25 * 24 * hourMs), dearerMinor);
  }
  const expiresAt = new Date(now + expiresInSteps * stepMs);
  const startsAt = new Date(expiresAt.getTime() - 20 * 24 * hourMs);
  await owner`update terms set starts_at = ${startsAt}, ends_at = ${expiresAt} where service_id = ${serviceId}`;
  await owner`
    update services set expires_at = ${expiresAt}, anchor_day = ${expiresAt.getUTCDate()} where id = ${serviceId}`;
  return serviceId;
}

/** What the forecasts say is paid, and when it is, by service and start of term; of each customer, all read at once. */
async function forecastsOf(customers: readonly TestCustomer[]): Promise<string[][]> {
  const given = { now: world.clock.now(), timeZone: world.timeZone };
  const ids = customers.map(({ customerId }) => customerId);
  const scenes = await transact(world.staff, {}, ({ sql }) => readForecastScenesOf(sql, ids, given));
  return ids.map((id) =>
    (scenes.get(id) ?? [])
      .flatMap((scene) => forecastRenewals({ ...scene, horizonDays: days, runEveryMs: stepMs }).events)
      .filter(({ isCovered }) => isCovered)
      .map(({ serviceIds, at, amountMinor }) => `${serviceIds} ${at.toISOString()} ${amountMinor}`)
      .sort(),
  );
}

/** What was paid since of services that renew by themselves, as the tables have it; another's that costs nothing is paid too. */
async function paidSince({ customerId }: { customerId: CustomerId }, since: Date): Promise<string[]> {
  const rows = await owner`
    select l.service_id, i.paid_at, i.total_minor from invoices i
    join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id
    join services s on s.customer_id = l.customer_id and s.id = l.service_id and s.is_auto_renew
    where i.customer_id = ${customerId} and i.origin = 'renewal' and i.state = 'paid' and i.paid_at >= ${since}`;
  return rows.map((row) => `${row.service_id} ${row.paid_at.toISOString()} ${row.total_minor}`).sort();
}

describe("what the forecast says for the next 60 days", () => {
  it("is what the renewal run then does, to the unit and the instant, if nothing else happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(householdGiven, { minLength: 25, maxLength: 25 }), async (households) => {
        const customers: TestCustomer[] = [];
        for (const household of households) customers.push(await settle(household));
        // The next pass: later than all that was made for the beginning.
        world.clock.advance(stepMs);
        const start = world.clock.now();
        const forecasts = await forecastsOf(customers);
        for (let step = 0; step <= (days * 24 * hourMs) / stepMs; step += 1) {
          world.clock.set(new Date(start.getTime() + step * stepMs));
          await runRenewals(world);
          await settleCovered(world);
        }
        const done = await Promise.all(customers.map((customer) => paidSince(customer, start)));
        expect(done).toEqual(forecasts);
        expect(done.flat().length).toBeGreaterThan(0);
      }),
      { numRuns: 1, endOnFailure: true },
    );
    // 480 passes of the run: on a busy machine that is more than a test usually takes.
  }, 180_000);
});

describe("what forecasts stand on", () => {
  it("is read of many customers with as many statements as of one, and is the same that each alone sees", async () => {
    const customers: TestCustomer[] = [];
    for (const balanceMinor of [0n, 700n, 9_000n]) {
      const one = { expiresInSteps: 8, unit: "month", count: 1, leadDays: 3, isAutoRenew: true } as const;
      const services = [false, true].map((isBilled) => ({
        ...one,
        isBilled,
        priceMinor: 500n,
        dearerMinor: 600n,
      }));
      customers.push(await settle({ country: "DE", balanceMinor, services }));
    }
    const given = { now: world.clock.now(), timeZone: world.timeZone };
    const counted = (ids: readonly CustomerId[]) =>
      transact(world.staff, {}, async ({ sql }) => {
        let statements = 0;
        const counting = new Proxy(sql, {
          apply: (target, self, given) => {
            statements += 1;
            return Reflect.apply(target, self, given);
          },
        });
        const scenes = await readForecastScenesOf(counting, ids, given);
        return { scenes, statements };
      });
    const ids = customers.map(({ customerId }) => customerId);
    const all = await counted(ids);
    expect(all.statements).toBe((await counted(ids.slice(0, 1))).statements);
    for (const customerId of ids) {
      const alone = await transact(world.app, { customerId }, ({ sql }) =>
        readForecastScenes(sql, customerId, given),
      );
      expect(alone[0]?.services).toHaveLength(2);
      expect(all.scenes.get(customerId)).toEqual(alone);
    }
  });
});
