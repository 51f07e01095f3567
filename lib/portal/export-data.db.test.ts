import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { type BusyCustomer, makeBusyCustomer } from "@/lib/testing/busy-customer";
import { createTestDatabase } from "@/lib/testing/database";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { exportData } from "./export-data";
import { exportedTables, tablesLeftOut } from "./exported-tables";

let world: TestWorld;
let owner: postgres.Sql;
let drop: () => Promise<void>;
let one: BusyCustomer;
let other: BusyCustomer;

beforeAll(async () => {
  const database = await createTestDatabase();
  owner = postgres(database.url, { max: 2, onnotice: () => {} });
  world = openTestWorld({ url: database.url });
  drop = async () => {
    await Promise.all([world.close(), owner.end()]);
    await database.drop();
  };
  [one, other] = [await makeBusyCustomer(world), await makeBusyCustomer(world)];
});

afterAll(() => drop());

async function exported(customer: BusyCustomer): Promise<Record<string, Record<string, unknown>[]>> {
  const answer = await exportData(customer.actor, world);
  if (!answer.ok) throw new Error(answer.refusal.code);
  return JSON.parse(answer.value.json);
}

describe("the export of a customer's data", () => {
  it("has every table with a customer's rows, or says why it is left out", async () => {
    const tables = await owner`
      select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'customer_id' order by 1`;
    const said = [...Object.keys(exportedTables), ...Object.keys(tablesLeftOut)];
    expect(said.sort()).toEqual([...tables.map(({ name }) => name), "customers"].sort());
  });

  it("has every row of theirs that they may see, and none of anybody else's", async () => {
    const data = await exported(one);
    for (const [name, { only = "true" }] of Object.entries(exportedTables)) {
      const key = name === "customers" ? "id" : "customer_id";
      // That it was exported is recorded with it, after it was read.
      const [row] = await owner`
        select count(*)::int as rows from ${owner(name)} t
        where ${owner(key)} = ${one.customerId} and ${owner.unsafe(only)}
          and to_jsonb(t) ->> 'verb' is distinct from 'data_exported'`;
      const rows = data[name] ?? [];
      expect([name, rows.length]).toEqual([name, row?.rows]);
      for (const { [key]: id } of rows) expect(id).toBe(one.customerId);
    }
    expect(data.invoices?.length).toBeGreaterThan(5);
    expect(JSON.stringify(data)).not.toContain(other.customerId);
    expect(JSON.stringify(data)).not.toContain(other.actor.userId);
  });

  it("has no column that sounds like a secret, but those that are none", async () => {
    const columns = await owner`
      select table_name as table, column_name as column from information_schema.columns where table_schema = 'public'
        and column_name ~ '(hash|secret|token|request|password|key|url)' and column_name !~ '_at$'`;
    const kept = columns
      .filter(({ table, column }) => {
        const exportedTable = exportedTables[table];
        return exportedTable && !exportedTable.without?.includes(column);
      })
      .map(({ table, column }) => `${table}.${column}`);
    expect(kept).toEqual([]);
    const text = JSON.stringify(await exported(one));
    for (const secret of ["password_hash", "token_hash", "request_key", "checkout_url"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("has nothing of what staff wrote for each other", async () => {
    const between = await owner`
      select distinct detail ->> 'reason' as reason from activities
      where customer_id = ${one.customerId} and not is_visible and detail ? 'reason'`;
    expect(between.length).toBeGreaterThan(0);
    const text = JSON.stringify(await exported(one));
    for (const { reason } of between) expect(text).not.toContain(reason);
  });

  it("is for owners, and is written down", async () => {
    const userId = newId<UserId>(world.clock);
    await world.staff.sql`
      insert into users (id, email, name, created_at)
      values (${userId}, ${`${userId}@example.test`}, 'Ben', ${world.clock.now()})`;
    await world.staff.sql`
      insert into memberships (customer_id, user_id, role, created_at)
      values (${one.customerId}, ${userId}, 'billing', ${world.clock.now()})`;
    const notAllowed = { ok: false, refusal: { code: "not_allowed" } };
    const ben = { customerId: one.customerId, userId, sessionId: newId<SessionId>(world.clock) };
    expect(await exportData(ben, world)).toEqual(notAllowed);
    expect(await exportData({ ...other.actor, customerId: one.customerId }, world)).toEqual(notAllowed);
    await exported(other);
    const rows = await world.jobs.sql`
      select user_id from activities where customer_id = ${other.customerId} and verb = 'data_exported'`;
    expect(rows).toEqual([{ user_id: other.actor.userId }]);
    await world.staff
      .sql`update customers set closed_at = ${world.clock.now()} where id = ${other.customerId}`;
    expect((await exportData(other.actor, world)).ok).toBe(true);
  });
});
