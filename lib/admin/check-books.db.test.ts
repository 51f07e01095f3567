import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import { giveBalance, makeCustomer } from "@/lib/testing/fixtures";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { checkBooks, showBooks } from "./check-books";

let world: TestWorld;
/** Writes as nothing in the application may. */
let owner: postgres.Sql;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  world = openTestWorld({ url: database.url });
  drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
});

afterAll(() => drop());

describe("the books, for staff", () => {
  it("say of each invariant that it was never checked, and then when it was and that it holds", async () => {
    const support = await makeStaff(world, "support");
    expect((await showBooks(support, world)).map(({ last }) => last)).toEqual(Array(8).fill(null));
    await giveBalance(world, await makeCustomer(world), 1_000n);
    expect(await checkBooks(support, { isFull: true }, world)).toEqual({
      ok: true,
      value: { violations: 0 },
    });
    for (const { name, last } of await showBooks(support, world)) {
      expect(last, name).toMatchObject({
        at: world.clock.now(),
        isFull: true,
        violationCount: 0,
        violations: [],
      });
    }
  });

  it("show the rows that break an invariant, whose they are, and again that it holds once it is mended", async () => {
    const [support, customer] = [await makeStaff(world, "support"), await makeCustomer(world)];
    await giveBalance(world, customer, 1_000n);
    await owner`update balances set posted_minor = posted_minor + 1 where customer_id = ${customer.customerId}`;
    world.clock.advance(60_000);
    const found = await checkBooks(support, { isFull: false }, world);
    expect(found.ok && found.value.violations).toBeGreaterThan(0);
    const [balances] = await showBooks(support, world);
    const [row] = await world.staff
      .sql`select name, reference from customers where id = ${customer.customerId}`;
    expect(balances?.last?.violations[0]).toMatchObject({
      rule: expect.stringContaining("what the transfers say"),
      customer: { name: row?.name, reference: row?.reference },
    });
    await owner`update balances set posted_minor = posted_minor - 1 where customer_id = ${customer.customerId}`;
    world.clock.advance(60_000);
    await checkBooks(support, { isFull: false }, world);
    const [mended] = await showBooks(support, world);
    expect(mended?.last).toMatchObject({ violationCount: 0, isFull: false, at: world.clock.now() });
  });

  it("may be checked by several at once, and show the newest check", async () => {
    const support = await makeStaff(world, "support");
    const answers = await Promise.all([1, 2, 3, 4].map((_) => checkBooks(support, { isFull: false }, world)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
  });

  it("are looked at by an auditor, and not checked", async () => {
    const auditor = await makeStaff(world, "auditor");
    expect(await checkBooks(auditor, { isFull: false }, world)).toEqual({
      ok: false,
      refusal: { code: "not_allowed" },
    });
    expect(await showBooks(auditor, world)).toHaveLength(8);
  });
});
