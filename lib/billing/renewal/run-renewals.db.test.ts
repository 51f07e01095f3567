import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exactTypes, type Sql } from "@/db/exact-sql";
import { calendarDay, daysBetween } from "@/lib/kernel/calendar";
import type { PlanId, ServiceId } from "@/lib/kernel/id";
import { createTestDatabase } from "@/lib/testing/database";
import {
  addPrice,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeOrder,
  makePlan,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { expectBooksBalance } from "@/lib/testing/payment-facts";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { type RenewalProgress, runRenewals } from "./run-renewals";
import { settleCovered } from "./settle-covered";

let world: TestWorld;
let owner: Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 4, onnotice: () => {}, types: exactTypes });
  drop = () => database.drop();
  world = openTestWorld({ url: database.url, max: 12 });
});

afterAll(async () => {
  await expectBooksBalance(world, { full: true });
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

interface Due extends TestCustomer {
  planId: PlanId;
  serviceId: ServiceId;
}

const dayMs = 86_400_000;
const leadMs = 7 * dayMs;

interface Given {
  /** Beside what the first term cost. Minor units. */
  balance?: bigint;
  isAutoRenew?: boolean;
  price?: bigint;
  /** From now; at the plan's lead if not said, so that it is due just now. */
  expiresInMs?: number;
}

/** A service whose paid term ends so soon that the next one is due. */
async function dueService(given: Given = {}): Promise<Due> {
  const customer = await makeCustomer(world);
  const service = await serviceOf(customer, given);
  const { balance = 0n } = given;
  if (balance > 0n) await giveBalance(world, customer, balance);
  return service;
}

async function serviceOf(customer: TestCustomer, given: Given = {}): Promise<Due> {
  const { isAutoRenew = true, price = 1000n, expiresInMs = leadMs } = given;
  const planId = await makePlan(world, { price: { USD: price } });
  // A first term of nothing is paid at issue.
  const serviceId =
    price === 0n
      ? (await makeOrder(world, customer, planId, isAutoRenew)).serviceId
      : await makeActiveService(world, customer, planId, isAutoRenew);
  const expiresAt = new Date(world.clock.now().getTime() + expiresInMs);
  await owner`
    update terms set starts_at = ${new Date(expiresAt.getTime() - 28 * dayMs)}, ends_at = ${expiresAt}
    where service_id = ${serviceId}`;
  await owner`update services set expires_at = ${expiresAt} where id = ${serviceId}`;
  return { ...customer, planId, serviceId };
}

async function stateOf({ customerId, serviceId }: Due) {
  const rows = await owner`
    select i.state, i.number is not null as is_numbered, r.state as renewal, i.due_on,
      s.expires_at = l.term_ends_at as is_extended
    from renewals r
    join invoices i on i.customer_id = r.customer_id and i.id = r.invoice_id
    join invoice_lines l on l.customer_id = i.customer_id and l.invoice_id = i.id
    join services s on s.customer_id = r.customer_id and s.id = r.service_id
    where r.customer_id = ${customerId} and r.service_id = ${serviceId}`;
  return rows.map(({ state, is_numbered, renewal, is_extended }) => ({
    state,
    isNumbered: is_numbered,
    renewal,
    isExtended: is_extended,
  }));
}

async function topicsOf({ customerId }: TestCustomer, since: Date): Promise<string[]> {
  const rows = await owner`
    select topic from outbox where customer_id = ${customerId} and created_at >= ${since} order by id`;
  return rows.map((row) => row.topic);
}

async function parkedOf({ customerId }: TestCustomer) {
  const rows = await owner`
    select subject, detail->>'reason' as reason from tasks
    where customer_id = ${customerId} and kind = 'renewal_parked' and done_at is null`;
  return rows.map(({ subject, reason }) => ({ subject, reason }));
}

const paid = { state: "paid", isNumbered: true, renewal: "paid", isExtended: true };
const open = { state: "open", isNumbered: true, renewal: "invoiced", isExtended: false };

describe("the renewal run", () => {
  it("lets the balance pay at issue: the term is extended at once, and a receipt goes out", async () => {
    const service = await dueService({ balance: 1000n });
    const since = world.clock.now();
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([paid]);
    const topics = await topicsOf(service, since);
    expect(topics.filter((topic) => topic === "renewal.paid")).toHaveLength(1);
    expect(topics).toContain("service.renewed");
    expect(topics).not.toContain("reminder");
  });

  it("issues what is short, takes nothing of the balance, leaves the expiry, and leaves telling to the morning", async () => {
    const service = await dueService({ balance: 999n });
    const since = world.clock.now();
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([open]);
    const topics = await topicsOf(service, since);
    expect(topics).toContain("invoice.issued");
    expect(topics).not.toContain("reminder");
    const [balance] = await owner`
      select posted_minor from balances where customer_id = ${service.customerId}`;
    expect(balance?.posted_minor).toBe(999n);
  });

  it("only issues where auto-renew is off: that is judged at the moment of paying", async () => {
    const service = await dueService({ balance: 5000n, isAutoRenew: false });
    const since = world.clock.now();
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([open]);
    expect(await topicsOf(service, since)).not.toContain("reminder");
  });

  it("bills a term once, though it runs again and ten at once", async () => {
    const services = await Promise.all([
      dueService({ balance: 1000n }),
      dueService(),
      dueService({ balance: 2500n }),
    ]);
    await Promise.all(Array.from({ length: 10 }, () => runRenewals(world, { batchSize: 2 })));
    await runRenewals(world);
    for (const service of services) expect(await stateOf(service)).toHaveLength(1);
  });

  it("bills a term of nothing once too, where no balance is there to be locked", async () => {
    const services = await Promise.all(Array.from({ length: 5 }, () => dueService({ price: 0n })));
    await Promise.all(Array.from({ length: 10 }, () => runRenewals(world, { batchSize: 1 })));
    for (const service of services) {
      expect(await stateOf(service)).toEqual([paid]);
      expect(await parkedOf(service)).toEqual([]);
    }
  });

  it("tells of its progress when nothing is under way, and takes each batch once in any number of lanes", async () => {
    const services = await Promise.all(Array.from({ length: 45 }, () => dueService({ balance: 1000n })));
    const seen: RenewalProgress[] = [];
    const inBooks: number[] = [];
    const done = await runRenewals(world, {
      batchSize: 1,
      lanes: 3,
      onProgress: async (progress) => {
        seen.push(progress);
        const [row] = await owner`
          select count(*)::int as issued from renewals where customer_id = any(${services.map((one) => one.customerId)}::uuid[])`;
        inBooks.push(row?.issued);
      },
    });
    expect(seen.map(({ issued }) => issued)).toEqual(inBooks);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual(done);
    for (const service of services) expect(await stateOf(service)).toEqual([paid]);
  });

  it("waits for the lead: nothing a millisecond before, the invoice at it", async () => {
    const [early, due] = [await dueService({ expiresInMs: leadMs + 1 }), await dueService()];
    await runRenewals(world);
    expect(await stateOf(early)).toEqual([]);
    expect(await stateOf(due)).toEqual([open]);
  });

  it("is due at expiry, but at least three days after its issue", async () => {
    const [inTime, late] = [await dueService(), await dueService({ expiresInMs: -dayMs })];
    await runRenewals(world);
    const fromNow = async ({ serviceId }: Due) => {
      const rows = await owner`
        select i.due_on from renewals r join invoices i on i.id = r.invoice_id where r.service_id = ${serviceId}`;
      return daysBetween(calendarDay(world.clock.now(), world.timeZone), rows[0]?.due_on);
    };
    expect(await fromNow(inTime)).toBe(7);
    expect(await fromNow(late)).toBe(3);
  });

  it("completes a renewal of nothing at its issue", async () => {
    const service = await dueService({ price: 0n });
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([paid]);
  });

  it("issues anew what was given back, on the same renewal", async () => {
    const service = await dueService();
    await owner`
      insert into renewals (customer_id, id, service_id, term_starts_at, state)
      select customer_id, gen_random_uuid(), id, expires_at, 'due' from services where id = ${service.serviceId}`;
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([open]);
  });

  it.each(["declined", "lapsed"])("leaves alone a term whose renewal is %s", async (state) => {
    const service = await dueService({ balance: 5000n });
    await owner`
      insert into renewals (customer_id, id, service_id, term_starts_at, state)
      select customer_id, gen_random_uuid(), id, expires_at, ${state} from services where id = ${service.serviceId}`;
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([]);
    expect(await parkedOf(service)).toEqual([]);
  });

  it("leaves alone a service that its customer ends with what is paid", async () => {
    const service = await dueService({ balance: 5000n });
    await owner`update services set cancel_requested_at = ${world.clock.now()} where id = ${service.serviceId}`;
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([]);
  });

  it("leaves customers alone who are closed", async () => {
    const service = await dueService({ balance: 5000n });
    await owner`update customers set closed_at = ${world.clock.now()} where id = ${service.customerId}`;
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([]);
  });
});

describe("the try of the balance beside the run", () => {
  it("pays what it covers once the service renews by itself again, and nothing while it does not", async () => {
    const service = await dueService({ balance: 1000n, isAutoRenew: false });
    await runRenewals(world);
    await settleCovered(world);
    expect(await stateOf(service)).toEqual([open]);
    await owner`update services set is_auto_renew = true where id = ${service.serviceId}`;
    await Promise.all([1, 2, 3].map(() => settleCovered(world)));
    expect(await stateOf(service)).toEqual([paid]);
    const [balance] = await owner`
      select posted_minor from balances where customer_id = ${service.customerId}`;
    expect(balance?.posted_minor).toBe(0n);
  });

  it("parks a customer whose data is odd, and pays the others", async () => {
    const services = await Promise.all(
      [1, 2, 3].map(() => dueService({ balance: 1000n, isAutoRenew: false })),
    );
    await runRenewals(world);
    const spoilt = services[1] as Due;
    await owner`update balances set seq = seq - 1 where customer_id = ${spoilt.customerId}`;
    await owner`
      update services set is_auto_renew = true where id = any(${services.map(({ serviceId }) => serviceId)}::uuid[])`;
    await settleCovered(world);
    await settleCovered(world);
    for (const service of services)
      expect(await stateOf(service)).toEqual([service === spoilt ? open : paid]);
    expect(await parkedOf(spoilt)).toEqual([{ subject: "customer", reason: "transfers_seq_key" }]);
    await owner`update balances set seq = seq + 1 where customer_id = ${spoilt.customerId}`;
  });

  it("leaves alone what the balance does not cover in full", async () => {
    const service = await dueService({ balance: 999n });
    await runRenewals(world);
    await settleCovered(world);
    expect(await stateOf(service)).toEqual([open]);
  });
});

describe("what the renewal run cannot bill", () => {
  it("is parked once where the plan has no price in the currency; the customer's other services go on", async () => {
    const service = await dueService({ balance: 1000n });
    const other = await serviceOf(service);
    await owner`delete from plan_prices where plan_id = ${service.planId}`;
    expect((await runRenewals(world)).parked).toBeGreaterThanOrEqual(1);
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([]);
    expect(await stateOf(other)).toEqual([paid]);
    expect(await parkedOf(service)).toEqual([{ subject: "service", reason: "no_price" }]);
    await addPrice(world, service.planId, new Date("2020-01-01T00:00:00Z"), 1000n);
    await owner`update tasks set done_at = ${world.clock.now()} where customer_id = ${service.customerId}`;
    await runRenewals(world);
    expect(await stateOf(service)).toEqual([open]);
  });

  it("is one customer whose data is odd, parked and passed by: all others of the batch are billed", async () => {
    const services = await Promise.all(Array.from({ length: 7 }, () => dueService({ balance: 1000n })));
    const spoilt = services[3] as Due;
    // The next transfer's number is taken.
    await owner`update balances set seq = seq - 1 where customer_id = ${spoilt.customerId}`;
    const seen: RenewalProgress[] = [];
    const done = await runRenewals(world, { onProgress: async (progress) => void seen.push(progress) });
    expect(seen.at(-1)).toEqual(done);
    for (const service of services) {
      expect(await stateOf(service)).toEqual(service === spoilt ? [] : [paid]);
    }
    expect(await parkedOf(spoilt)).toEqual([{ subject: "customer", reason: "transfers_seq_key" }]);
    await runRenewals(world);
    expect(await parkedOf(spoilt)).toHaveLength(1);
    await owner`update balances set seq = seq + 1 where customer_id = ${spoilt.customerId}`;
    await owner`update tasks set done_at = ${world.clock.now()} where customer_id = ${spoilt.customerId}`;
    await runRenewals(world);
    expect(await stateOf(spoilt)).toEqual([paid]);
  });
});
