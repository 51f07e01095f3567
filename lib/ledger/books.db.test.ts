import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CustomerId, newId } from "@/lib/kernel/id";
import { payFromBalance } from "@/lib/portal/pay";
import { type BusyCustomer, makeBusyCustomer, startCombined, succeed } from "@/lib/testing/busy-customer";
import { createTestDatabase } from "@/lib/testing/database";
import { balancePlan, giveBalance, makeCustomer, makeInvoice } from "@/lib/testing/fixtures";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { type CheckedBooks, type CheckOptions, checkBooks } from "./books";

let world: TestWorld;
/** Writes as nothing in the application may. */
let owner: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {} });
  world = openTestWorld({ url: database.url });
  drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
});

afterAll(() => drop());

function check(options: Partial<CheckOptions> = {}): Promise<CheckedBooks> {
  return checkBooks(world.jobs, { full: true, now: world.clock.now(), ...options });
}

function rulesBroken({ invariants }: CheckedBooks): string[] {
  return invariants.flatMap(({ violations }) => violations.map(({ rule }) => rule));
}

function checkedCounts({ invariants }: CheckedBooks): number[] {
  return invariants.map(({ checked }) => checked);
}

describe("the books of a world that only the use cases wrote", () => {
  test("balance after every kind of payment, in currencies of two, no and three decimals", async () => {
    for (const currency of ["USD", "JPY", "KWD"] as const) await makeBusyCustomer(world, currency);
    const books = await check();
    expect(rulesBroken(books)).toEqual([]);
    expect(books.ok).toBe(true);
    expect(Math.min(...checkedCounts(books))).toBeGreaterThan(0);
  });

  test("balance when a combined payment ends well after another currency's ledger was opened by its fee", async () => {
    const busy = await makeBusyCustomer(world, "EUR");
    await succeed(world, busy, busy.heldPayment, { feeMinor: 40n, currency: "USD", settledMinor: 2500n });
    const books = await check({ customers: [busy.customerId] });
    expect(rulesBroken(books)).toEqual([]);
  });

  test("balance at every moment while payments are made", async () => {
    const customers = await Promise.all([makeCustomer(world), makeCustomer(world)]);
    const pays = customers.map(async (customer) => {
      for (let round = 0; round < 6; round += 1) {
        const invoice = await makeInvoice(world, customer, 100n);
        await giveBalance(world, customer, 100n);
        const paid = await payFromBalance(customer.actor, balancePlan(world, [invoice.id], 100n), world);
        expect(paid.ok).toBe(true);
      }
    });
    const checks = async () => {
      const found: string[] = [];
      for (let round = 0; round < 10; round += 1) {
        found.push(...rulesBroken(await check({ full: round % 2 === 0 })));
      }
      return found;
    };
    const [found] = await Promise.all([checks(), ...pays]);
    expect(found).toEqual([]);
  });
});

describe("the incremental check", () => {
  let busy: BusyCustomer;
  let other: BusyCustomer;

  beforeAll(async () => {
    [busy, other] = [await makeBusyCustomer(world), await makeBusyCustomer(world)];
    await check();
  });

  const checkpoint = async (customerId: string) => {
    const [row] = await owner`
      select c.seq = b.seq as is_current, c.posted_minor = b.posted_minor and c.held_minor = b.held_minor as is_right
      from balances b join balance_checks c using (customer_id, currency)
      where customer_id = ${customerId} and currency = 'USD'`;
    return row;
  };

  test("remembers what was found right, and looks only at the ledgers that have moved since", async () => {
    expect(await checkpoint(busy.customerId)).toEqual({ is_current: true, is_right: true });
    expect((await check({ full: false })).invariants[0]?.checked).toBe(0);
    await giveBalance(world, busy, 5n);
    // Dollars, and euros for a fee.
    expect((await check({ full: false })).invariants[0]?.checked).toBe(2);
    expect((await check({ full: false })).invariants[0]?.checked).toBe(0);
  });

  test("goes on from a checkpoint in the midst of a hold", async () => {
    await giveBalance(world, busy, 300n);
    const invoice = await makeInvoice(world, busy, 900n);
    const payment = await startCombined(world, busy, [invoice.id], 300n, 600n);
    expect(rulesBroken(await check({ full: false }))).toEqual([]);
    await succeed(world, busy, payment, null);
    expect(rulesBroken(await check({ full: false }))).toEqual([]);
    expect(await checkpoint(busy.customerId)).toEqual({ is_current: true, is_right: true });
  });

  test("looks at a customer again as long as something is wrong, and at the others no more", async () => {
    await Promise.all([giveBalance(world, busy, 7n), giveBalance(world, other, 7n)]);
    const shift = (minor: number) =>
      owner`update balances set posted_minor = posted_minor + ${minor}
        where customer_id = ${busy.customerId} and currency = 'USD'`;
    await shift(1);
    for (let round = 0; round < 2; round += 1) {
      const books = await check({ full: false });
      expect(books.ok).toBe(false);
      expect(books.invariants[0]?.violations).toMatchObject([
        { customerId: busy.customerId, subject: "balance", subjectId: "USD" },
      ]);
    }
    expect(await checkpoint(busy.customerId)).toMatchObject({ is_current: false });
    expect(await checkpoint(other.customerId)).toMatchObject({ is_current: true });
    await shift(-1);
    expect((await check({ full: false })).ok).toBe(true);
  });

  test("notices a balance that was changed without a transfer", async () => {
    await owner`update balances set posted_minor = posted_minor + 1 where customer_id = ${other.customerId}
      and currency = 'USD'`;
    expect((await check({ full: false })).ok).toBe(false);
    await owner`update balances set posted_minor = posted_minor - 1 where customer_id = ${other.customerId}
      and currency = 'USD'`;
    expect((await check({ full: false })).ok).toBe(true);
  });

  test("looks at all open payments and claims, moved or not", async () => {
    expect((await check({ full: false })).ok).toBe(true);
    await owner`delete from invoice_claims where customer_id = ${other.customerId}
      and invoice_id = ${other.held[0]}`;
    expect(rulesBroken(await check({ full: false }))).toEqual([
      "every open external payment holds the claim of each of its invoices",
    ]);
    await owner`insert into invoice_claims (customer_id, invoice_id, payment_id)
      values (${other.customerId}, ${other.held[0]}, ${other.heldPayment})`;
    expect((await check({ full: false })).ok).toBe(true);
  });
});

test("the books of the named customers alone are checked when some are named", async () => {
  const [one, two] = [await makeBusyCustomer(world), await makeBusyCustomer(world)];
  await owner`update balances set posted_minor = posted_minor + 1
    where customer_id = ${two.customerId} and currency = 'USD'`;
  expect((await check({ customers: [one.customerId], full: false })).ok).toBe(true);
  expect((await check({ customers: [two.customerId], full: false })).ok).toBe(false);
  await owner`update balances set posted_minor = posted_minor - 1
    where customer_id = ${two.customerId} and currency = 'USD'`;
  expect((await check({ customers: [two.customerId], full: false })).ok).toBe(true);
});

test("more customers than are looked up at once are checked in batches, and none is forgotten", async () => {
  const busy = await makeBusyCustomer(world);
  const nobodies = Array.from({ length: 5_000 }, () => newId<CustomerId>(world.clock));
  const counts = checkedCounts(await check({ customers: [busy.customerId, ...nobodies] }));
  expect(counts).toEqual(checkedCounts(await check({ customers: [busy.customerId] })));
  await owner`update balances set posted_minor = posted_minor + 1
    where customer_id = ${busy.customerId} and currency = 'USD'`;
  expect((await check({ customers: [...nobodies, busy.customerId] })).ok).toBe(false);
  await owner`update balances set posted_minor = posted_minor - 1
    where customer_id = ${busy.customerId} and currency = 'USD'`;
  expect((await check({ customers: [...nobodies, busy.customerId] })).ok).toBe(true);
});
