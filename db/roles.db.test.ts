import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { transact } from "@/db/transaction";
import { type BusyCustomer, makeBusyCustomer } from "@/lib/testing/busy-customer";
import { createTestDatabase } from "@/lib/testing/database";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";

/**
 * All that each role may do, table by table: what is not named here, nobody may. Rows of transfers, allocations,
 * shares, lines, terms and activities are added and never changed; nothing but claims and counted attempts is deleted.
 */
const granted: Record<string, { app?: string; jobs?: string; staff?: string } | string> = {
  // One line for all three roles.
  activities: "insert select",
  allocations: "insert select",
  balances: "insert select update(held_minor,posted_minor,seq)",
  charges: "insert select update(fee_currency,fee_minor,next_poll_at,stripe_balance_transaction_id)",
  credit_notes: "insert select update(number)",
  invoice_claims: "delete insert select",
  invoice_lines: "insert select",
  invoice_series: "insert select update(last_number)",
  invoices: "insert select update(amount_credited_minor,amount_paid_minor,number,paid_at,state)",
  payment_shares: "insert select",
  payments:
    "insert select update(checkout_url,ended_at,expires_at,failure_code,first_sent_at,next_poll_at,poll_count,send_count,state,stripe_payment_intent_id,stripe_session_id)",
  renewals: "insert select update(invoice_id,state)",
  services: "insert select update(anchor_day,expires_at,is_auto_renew,state)",
  terms: "insert select",
  transfers: "insert select",
  // What they may differs.
  balance_checks: { jobs: "insert select update", staff: "select" },
  credit_note_numbers: { app: "insert", jobs: "insert select", staff: "insert select" },
  customers: {
    app: "select update(email,locale,name,stripe_customer_id)",
    jobs: "select update(email,locale,name,stripe_customer_id)",
    staff: "insert select update(closed_at,email,locale,name,stripe_customer_id)",
  },
  event_runs: {
    jobs: "insert select update(attempts,next_attempt_at,reason,state,updated_at)",
    staff: "insert select update(attempts,next_attempt_at,reason,state,updated_at)",
  },
  invoice_numbers: { app: "insert", jobs: "insert select", staff: "insert select" },
  memberships: { app: "select", jobs: "select", staff: "insert select" },
  outbox: { app: "insert select", jobs: "insert select update(handled_at)", staff: "insert select" },
  plan_prices: { app: "select", jobs: "select", staff: "insert select update" },
  plans: { app: "select", jobs: "select", staff: "insert select update" },
  sessions: {
    app: "insert select update(last_seen_at,revoked_at)",
    jobs: "select",
    staff: "insert select update(last_seen_at,revoked_at)",
  },
  settings: { app: "select", jobs: "select", staff: "insert select update" },
  sign_in_attempts: { app: "delete insert select update", staff: "delete insert select update" },
  staff: { app: "select", jobs: "select", staff: "insert select update(disabled_at,role)" },
  stripe_events: { jobs: "insert select", staff: "insert select" },
  stripe_objects: { app: "insert", jobs: "insert select", staff: "insert select" },
  tasks: {
    app: "insert select",
    jobs: "insert select update(done_at)",
    staff: "insert select update(done_at)",
  },
  tax_rates: { app: "select", jobs: "select", staff: "insert select update" },
  tokens: {
    app: "insert select update(used_at)",
    jobs: "select",
    staff: "insert select update(used_at)",
  },
  users: {
    app: "select update(locale,name,password_hash)",
    jobs: "select",
    staff: "insert select update(disabled_at,locale,name,password_hash)",
  },
};

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

describe("a role", () => {
  test("may do what is listed here, and nothing else", async () => {
    const rows = await owner`
      with acl as (
        select c.relname as table, a.grantee, lower(a.privilege_type) as privilege, null::text as column
        from pg_class c cross join lateral aclexplode(c.relacl) a
        where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner
        union all
        select c.relname, a.grantee, lower(a.privilege_type), t.attname
        from pg_class c join pg_attribute t on t.attrelid = c.oid cross join lateral aclexplode(t.attacl) a
        where c.relnamespace = 'public'::regnamespace
      ), privileges as (
        select "table", grantee, privilege || coalesce('(' || string_agg("column", ',' order by "column") || ')', '') as may
        from acl group by "table", grantee, privilege
      )
      select p."table", coalesce(replace(r.rolname, 'mallard_', ''), 'public') as role,
        string_agg(p.may, ' ' order by p.may) as may
      from privileges p left join pg_roles r on r.oid = p.grantee group by 1, 2`;
    const found = rows.map((row) => `${row.role} ${row.table}: ${row.may}`);
    const listed = Object.entries(granted).flatMap(([table, may]) => {
      const each = typeof may === "string" ? { app: may, jobs: may, staff: may } : may;
      return Object.entries(each).map(([role, what]) => `${role} ${table}: ${what}`);
    });
    expect(found.sort()).toEqual(listed.sort());
  });

  test("is no owner, no superuser, and is not let past row level security", async () => {
    const rows = await owner`
      select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
        has_schema_privilege(oid, 'public', 'create') as creates,
        (select count(*)::int from pg_class where relowner = r.oid) as owned,
        (select count(*)::int from pg_auth_members where member = r.oid) as memberships
      from pg_roles r where rolname like 'mallard\\_%' order by rolname`;
    const nothing = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: false,
      rolreplication: false,
      creates: false,
      owned: 0,
      memberships: 0,
    };
    const names = ["mallard_app", "mallard_jobs", "mallard_staff"];
    expect(rows).toEqual(names.map((rolname) => ({ rolname, ...nothing })));
  });

  test("is refused every change to what is only ever added to", async () => {
    const tables = ["transfers", "activities", "allocations", "payment_shares", "stripe_events"];
    for (const database of [world.app, world.jobs, world.staff]) {
      for (const table of tables) {
        const { sql } = database;
        const scope = { customerId: one.customerId };
        const attempts = [
          transact(database, scope, (tx) => tx.sql`delete from ${sql(table)}`),
          transact(database, scope, (tx) => tx.sql`truncate ${sql(table)}`),
          transact(
            database,
            scope,
            (tx) =>
              tx.sql`update ${sql(table)} set ${sql(table === "stripe_events" ? "id" : "customer_id")} = null`,
          ),
        ];
        for (const attempt of attempts) await expect(attempt).rejects.toMatchObject({ code: "42501" });
      }
    }
  });
});

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

  test("is on every table with a customer's rows, with two policies: one's own, and all for jobs and staff", async () => {
    const tables = await owner`
      select c.relname as name, c.relrowsecurity as is_on from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and (c.relname = 'customers' or exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'customer_id' and not a.attisdropped))
        and c.relname not in ('invoice_numbers', 'credit_note_numbers', 'stripe_objects')`;
    expect(tables.filter(({ is_on }) => !is_on)).toEqual([]);
    const policies = await owner`
      select tablename as table, policyname as name, permissive, array_to_string(roles, ' ') as roles, cmd, qual, with_check
      from pg_policies where schemaname = 'public'`;
    const all = { permissive: "PERMISSIVE", cmd: "ALL", with_check: null };
    const expected = tables.flatMap(({ name: table }) => [
      { ...all, table, name: `${table}_own`, roles: "mallard_app", qual: own[table] ?? scoped },
      { ...all, table, name: `${table}_all`, roles: "mallard_jobs mallard_staff", qual: "true" },
    ]);
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

  test("changes and deletes nothing of another customer's", async () => {
    const scope = { customerId: other.customerId };
    const attempts = [
      transact(
        world.app,
        scope,
        ({ sql }) => sql`
        update balances set posted_minor = 0 where customer_id = ${one.customerId}`,
      ),
      transact(
        world.app,
        scope,
        ({ sql }) => sql`
        update invoices set state = 'void' where customer_id = ${one.customerId}`,
      ),
      transact(
        world.app,
        scope,
        ({ sql }) => sql`
        delete from invoice_claims where customer_id = ${one.customerId}`,
      ),
    ];
    for (const attempt of attempts) expect((await attempt).count).toBe(0);
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
      const insert = transact(
        world.app,
        { customerId: other.customerId },
        ({ sql }) =>
          sql`insert into ${sql(table)} select * from jsonb_populate_record(null::${sql(table)}, ${row?.row})`,
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
