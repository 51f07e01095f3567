import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transact } from "@/db/transaction";
import { type BusyCustomer, makeBusyCustomer } from "@/lib/testing/busy-customer";
import { createTestDatabase } from "@/lib/testing/database";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";

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

/** Tables under row level security that the application's role reads. */
async function readable(): Promise<string[]> {
  const rows = await owner`
    select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity
      and has_table_privilege('mallard_app', oid, 'select') order by relname`;
  return rows.map(({ relname }) => relname);
}

function keyOf(table: string): string {
  return table === "customers" ? "id" : "customer_id";
}

describe("row level security", () => {
  const scoped = "(customer_id = (NULLIF(current_setting('mallard.customer'::text, true), ''::text))::uuid)";
  const own: Record<string, string> = {
    customers: scoped.replace("customer_id", "id"),
    memberships: `(${scoped} OR (user_id = (NULLIF(current_setting('mallard.user'::text, true), ''::text))::uuid))`,
  };

  // A user's scope shows memberships of theirs, and writes none.
  const written: Record<string, string> = { memberships: scoped };

  test("is on every table with a customer's rows, for the owner too, with its policies: one's own, all for jobs and staff, all for who says they are the owner", async () => {
    const tables = await owner`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as is_on from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (c.relname = 'customers' or exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'customer_id' and not a.attisdropped))
        and c.relname not in ('invoice_numbers', 'credit_note_numbers', 'stripe_objects')`;
    expect(tables.filter(({ is_on }) => !is_on)).toEqual([]);
    const [user] = await owner`select current_user::text as name`;
    const asOwner = "(current_setting('mallard.owner'::text, true) = 'on'::text)";
    const policies = await owner`
      select tablename as table, policyname as name, permissive, array_to_string(roles, ' ') as roles, cmd, qual, with_check
      from pg_policies where schemaname = 'public'`;
    const all = { permissive: "PERMISSIVE", cmd: "ALL", with_check: null };
    const expected = tables.flatMap(({ name: table }) => [
      {
        ...all,
        table,
        name: `${table}_own`,
        roles: "mallard_app",
        qual: own[table] ?? scoped,
        with_check: written[table] ?? null,
      },
      { ...all, table, name: `${table}_owner`, roles: user?.name, qual: asOwner },
      { ...all, table, name: `${table}_all`, roles: "mallard_jobs mallard_staff", qual: "true" },
    ]);
    // What belongs to no customer is asked about on the house's own, which jobs make when they need it: that one alone.
    const houseOnly = { permissive: "RESTRICTIVE", cmd: "INSERT", qual: null, with_check: "is_house" };
    const table = "customers";
    expected.push({ ...houseOnly, table, name: "customers_house_only", roles: "mallard_jobs" } as never);
    const byName = (a: { name?: string }, b: { name?: string }) => ((a.name ?? "") < (b.name ?? "") ? -1 : 1);
    expect([...policies].sort(byName)).toEqual(expected.sort(byName));
  });

  test("shows nothing to a transaction without a scope", async () => {
    for (const table of await readable()) {
      const rows = await transact(world.app, {}, ({ sql }) => sql`select * from ${sql(table)}`);
      expect([table, rows.length]).toEqual([table, 0]);
    }
  });

  test("shows nothing to a connection whose last transaction had one", async () => {
    const scope = { customerId: one.customerId };
    await Promise.all(
      Array.from({ length: 20 }, () => transact(world.app, scope, ({ sql }) => sql`select 1`)),
    );
    const seen = await Promise.all(
      Array.from({ length: 20 }, () => world.app.sql`select count(*) as invoices from invoices`),
    );
    expect(new Set(seen.map(([row]) => row?.invoices))).toEqual(new Set([0n]));
  });

  test("shows a customer's own rows, and none of another's, in every table", async () => {
    for (const table of await readable()) {
      const owners = await transact(
        world.app,
        { customerId: one.customerId },
        ({ sql }) => sql`select distinct ${sql(keyOf(table))} as owner from ${sql(table)}`,
      );
      const [anybody] = await owner`select count(*)::int as rows from ${owner(table)}`;
      const expected = anybody?.rows === 0 ? [] : [{ owner: one.customerId }];
      expect([table, owners.map(({ owner }) => ({ owner }))]).toEqual([table, expected]);
    }
  });

  test("shows a user the memberships of their own, whichever customers they are of", async () => {
    const rows = await transact(
      world.app,
      { userId: other.actor.userId },
      ({ sql }) => sql`select customer_id, user_id from memberships`,
    );
    expect([...rows]).toEqual([{ customer_id: other.customerId, user_id: other.actor.userId }]);
  });

  test("lets a user's own scope neither add nor change a membership", async () => {
    const { userId } = other.actor;
    const scope = { userId };
    const join = transact(
      world.app,
      scope,
      ({ sql }) => sql`
        insert into memberships (customer_id, user_id, role, created_at)
        values (${one.customerId}, ${userId}, 'owner', now())`,
    );
    await expect(join).rejects.toMatchObject({ code: "42501" });
    const rise = transact(world.app, scope, ({ sql }) => sql`update memberships set role = 'owner'`);
    await expect(rise).rejects.toMatchObject({ code: "42501" });
  });

  test("lets jobs add the house's own customer, and no other", async () => {
    const add = (isHouse: boolean) =>
      transact(
        world.jobs,
        {},
        ({ sql }) => sql`
          insert into customers (id, reference, name, email, country, currency, is_house, created_at)
          values (gen_random_uuid(), ${`made-${isHouse}`}, 'Made', 'made@localhost', 'US', 'USD', ${isHouse}, now())`,
      );
    await expect(add(false)).rejects.toMatchObject({ code: "42501" });
    await expect(add(true)).resolves.toBeDefined();
  });

  test("changes and deletes nothing of another customer's", async () => {
    const scope = { customerId: other.customerId };
    const statements = [
      `update balances set posted_minor = 0 where customer_id = '${one.customerId}'`,
      `update invoices set state = 'void' where customer_id = '${one.customerId}'`,
      `delete from invoice_claims where customer_id = '${one.customerId}'`,
      `delete from memberships where customer_id = '${one.customerId}'`,
    ];
    for (const statement of statements) {
      const changed = await transact(world.app, scope, ({ sql }) => sql.unsafe(statement));
      expect(changed.count).toBe(0);
    }
  });

  test("refuses a row for another customer, in every table that the application adds to", async () => {
    const tables = await owner`
      select relname from pg_class where relnamespace = 'public'::regnamespace and relrowsecurity
        and has_table_privilege('mallard_app', oid, 'insert') order by relname`;
    expect(tables.length).toBeGreaterThan(10);
    for (const { relname: table } of tables) {
      const [row] = await owner`
        select to_jsonb(t) || jsonb_build_object('customer_id', ${one.customerId}::text) as row from (
          select (jsonb_populate_record(null::${owner(table)}, coalesce(
            (select to_jsonb(x) from ${owner(table)} x where customer_id = ${one.customerId} limit 1), '{}'))).*) t`;
      // What the database computes cannot be given.
      const given = await owner`
        select attname from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`;
      const columns = given.map(({ attname }) => attname as string);
      const insert = transact(
        world.app,
        { customerId: other.customerId },
        ({ sql }) => sql`
          insert into ${sql(table)} (${sql(columns)})
          select ${sql(columns)} from jsonb_populate_record(null::${sql(table)}, ${row?.row})`,
      );
      await expect(insert, table).rejects.toMatchObject({
        code: "42501",
        message: `new row violates row-level security policy for table "${table}"`,
      });
    }
  });
});

test("an int8 is read as a bigint, by both ways of asking", async () => {
  const { balances } = await import("./schema/balances");
  const scope = { customerId: one.customerId };
  const [bySql] = await transact(world.app, scope, ({ sql }) => sql`select posted_minor, seq from balances`);
  expect([typeof bySql?.posted_minor, typeof bySql?.seq]).toEqual(["bigint", "bigint"]);
  const [byOrm] = await world.jobs.orm.select().from(balances).limit(1);
  expect([typeof byOrm?.postedMinor, typeof byOrm?.seq]).toEqual(["bigint", "bigint"]);
});
