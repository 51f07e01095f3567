import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeBusyCustomer } from "@/lib/testing/busy-customer";
import { createTestDatabase } from "@/lib/testing/database";
import { plantedViolations } from "@/lib/testing/planted-violations";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { checkBooks, invariants } from "../books";

let world: TestWorld;
let owner: postgres.Sql;
let drop: () => Promise<void>;

/** Without its checks and foreign keys the schema lets through what the books have to find by themselves. */
beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {} });
  await owner.unsafe(`do $$
    declare it record;
    begin
      for it in select conrelid::regclass as t, conname from pg_constraint
        where connamespace = 'public'::regnamespace and contype in ('c', 'f')
      loop execute format('alter table %s drop constraint %I cascade', it.t, it.conname); end loop;
    end $$`);
  world = openTestWorld({ url: database.url });
  drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
});

afterAll(() => drop());

/** The numbers of a series belong to all customers; it is tested by itself, at the end. */
const seriesRule = "a series' numbers run from 1 to its last one, without a gap";

for (const { says, how, plant } of plantedViolations) {
  test(`${how}: found, because ${says}`, async () => {
    const busy = await makeBusyCustomer(world);
    const options = { full: true, customers: [busy.customerId], now: world.clock.now() };
    expect(await checkBooks(world.jobs, options)).toMatchObject({ ok: true });
    await plant(owner, busy);
    const books = await checkBooks(world.jobs, options);
    const violations = books.invariants.flatMap((invariant) => invariant.violations);
    expect(books.ok).toBe(false);
    expect(violations.map(({ rule }) => rule)).toContain(says);
    expect(new Set(violations.map(({ customerId }) => customerId))).toEqual(new Set([busy.customerId]));
  });
}

test("every rule has a planted violation", () => {
  const rules = invariants.flatMap((invariant) => invariant.rules.map(({ says }) => says));
  expect(new Set(rules)).toEqual(new Set([...plantedViolations.map(({ says }) => says), seriesRule]));
});

test("money on suspense is right as long as somebody has the task to look at it", async () => {
  const { customerId } = await makeBusyCustomer(world);
  const rule = "money on refund_payable or suspense has its open task";
  const isBroken = async () => {
    const options = { full: true, customers: [customerId], now: world.clock.now() };
    const books = await checkBooks(world.jobs, options);
    return books.invariants.some(({ violations }) => violations.some((violation) => violation.rule === rule));
  };
  await owner`update transfers set debit = 'bank', credit = 'suspense' where customer_id = ${customerId}
    and reason = 'goodwill'`;
  await owner`insert into tasks (customer_id, id, kind, subject, subject_id, detail, created_at)
    values (${customerId}, gen_random_uuid(), 'suspense', 'customer', ${customerId}, '{}', now())`;
  expect(await isBroken()).toBe(false);
  await owner`update tasks set done_at = now() where customer_id = ${customerId} and kind = 'suspense'`;
  expect(await isBroken()).toBe(true);
});

test("a number that is missing in its series is named", async () => {
  await makeBusyCustomer(world);
  await owner`delete from invoice_numbers where sequence = 2`;
  const books = await checkBooks(world.jobs, { full: true, now: world.clock.now() });
  const found = books.invariants
    .flatMap(({ violations }) => violations)
    .filter(({ rule, subjectId }) => rule === seriesRule && subjectId === "INV-2026");
  expect(found).toMatchObject([{ customerId: null, subject: "series", detail: { missing: ["2"] } }]);
});
