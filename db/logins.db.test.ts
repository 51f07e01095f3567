import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import { makeCustomer } from "@/lib/testing/fixtures";
import { openTestWorld } from "@/lib/testing/world";
import { openDatabase, roles } from "./client";
import { exactTypes } from "./exact-sql";
import { ensureLogins, type LoginUrls } from "./logins";
import { migrate } from "./migrate";
import { transact } from "./transaction";

/** An owner as `npm start` and a managed server have one: makes databases and roles, and is no superuser. */
const owner = "mallard_test_owner";
let root: postgres.Sql;
let ownerUrl: string;
let logins: LoginUrls;
let customerId: string;
let close: () => Promise<void>;

beforeAll(async () => {
  root = postgres(inject("testServerUrl"), { max: 1, onnotice: () => {} });
  await root.unsafe(`create role ${owner} login createrole createdb password 'of the owner'`);
  const database = await createTestDatabase();
  const name = "test_of_an_owner";
  await root.unsafe(`create database ${name} owner ${owner}`);
  // The roles are the cluster's already: made by another owner, and given to this one.
  for (const role of roles) await root.unsafe(`grant ${role} to ${owner} with admin option, inherit false`);
  const url = new URL(database.url);
  [url.username, url.password, url.pathname] = [owner, "of%20the%20owner", `/${name}`];
  ownerUrl = url.href;
  await migrate(ownerUrl);
  logins = (await ensureLogins(ownerUrl)) ?? expect.unreachable("this server allows logins");
  const world = openTestWorld({ url: ownerUrl, max: 2 });
  ({ customerId } = await makeCustomer(world));
  await world.close();
  close = async () => {
    await root.unsafe(`drop database ${name} with (force)`);
    await root.unsafe(`drop owned by ${owner}`);
    for (const login of Object.values(logins))
      await root.unsafe(`drop owned by ${nameIn(login)}; drop role ${nameIn(login)}`);
    await root.unsafe(`drop role ${owner}`);
    await root.end();
    await database.drop();
  };
});

afterAll(() => close());

function nameIn(url: string): string {
  return new URL(url).username;
}

async function asked(url: string, statements: string, connection: Record<string, string> = {}) {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection });
  try {
    const answers: unknown[] = await sql.unsafe(statements);
    // Of several statements each has its rows.
    return answers.flat().at(-1);
  } finally {
    await sql.end();
  }
}

describe("a role's login", () => {
  test.each(roles)(
    "is %s whenever it connects, also where what it asked for is lost on the way",
    async (role) => {
      const who = "select current_user::text as acts, session_user::text as login";
      const login = nameIn(logins[role]);
      expect(await asked(logins[role], who)).toEqual({ acts: role, login });
      expect(await asked(logins[role], who, { role })).toEqual({ acts: role, login });
      expect(new URL(logins[role]).password).not.toBe(new URL(ownerUrl).password);
    },
  );

  test.each(roles)(
    "has no right without its role: %s cannot leave row level security by setting none",
    async (role) => {
      for (const leaving of ["set role none", "reset role", "set session authorization default"]) {
        const attempt = asked(logins[role], `${leaving}; set role none; select count(*) from customers`);
        await expect(attempt, leaving).rejects.toMatchObject({ code: "42501" });
      }
      for (const other of roles.filter((each) => each !== role)) {
        await expect(asked(logins[role], `set role ${other}`)).rejects.toMatchObject({ code: "42501" });
      }
      await expect(asked(logins[role], `set role ${owner}`)).rejects.toMatchObject({ code: "42501" });
    },
  );

  test("serves the application, which sees what its role sees", async () => {
    const app = openDatabase({ url: logins.mallard_app, role: "mallard_app", max: 2 });
    const seen = await transact(app, { customerId }, ({ sql }) => sql`select id from customers`);
    expect([...seen]).toEqual([{ id: customerId }]);
    expect((await app.sql`select id from customers`).count).toBe(0);
    await app.close();
  });

  test("stays the same when it is made again, and is closed to whoever knows another password", async () => {
    expect(await ensureLogins(ownerUrl)).toEqual(logins);
    const wrong = new URL(logins.mallard_staff);
    wrong.password = new URL(logins.mallard_app).password;
    await expect(asked(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("follows the owner's password", async () => {
    await root.unsafe(`alter role ${owner} password 'another'`);
    const changed = new URL(ownerUrl);
    changed.password = "another";
    const now = await ensureLogins(changed.href);
    expect(await asked(now?.mallard_app ?? "", "select current_user::text as acts")).toEqual({
      acts: "mallard_app",
    });
    await expect(asked(logins.mallard_app, "select 1")).rejects.toMatchObject({ code: "28P01" });
    await root.unsafe(`alter role ${owner} password 'of the owner'`);
    await ensureLogins(ownerUrl);
  });

  test("is not there where the server lets the owner make none: then the owner's is used", async () => {
    const poor = "mallard_test_poor";
    await root.unsafe(`create role ${poor} login password 'of the poor'`);
    const url = new URL(ownerUrl);
    [url.username, url.password] = [poor, "of%20the%20poor"];
    expect(await ensureLogins(url.href)).toBeNull();
    url.password = "";
    expect(await ensureLogins(url.href)).toBeNull();
    await root.unsafe(`drop role ${poor}`);
  });
});

describe("the owner", () => {
  test("is no superuser, and sees no customer unless they say that they act as the owner", async () => {
    const count = "select count(*)::int as count from customers";
    expect(await asked(ownerUrl, count)).toEqual({ count: 0 });
    expect(await asked(ownerUrl, `set role mallard_app; set role none; ${count}`)).toEqual({ count: 0 });
    expect(await asked(ownerUrl, count, { "mallard.owner": "on" })).toEqual({ count: 1 });
  });
});

test("a connection that is not what it was asked to be is never used", async () => {
  const url = new URL(logins.mallard_staff);
  // As a pooler does that hands out connections of somebody else.
  await root.unsafe(`grant mallard_app to ${nameIn(url.href)}`);
  const database = openDatabase({ url: url.href, role: "mallard_app", max: 1 });
  await transact(database, {}, ({ sql }) => sql`select 1`);
  await database.close();
  await root.unsafe(`revoke mallard_app from ${nameIn(url.href)}`);
  const { ConnectionPool } = await import("./connection-pool");
  const seen: string[] = [];
  const pool = new ConnectionPool(
    () => postgres(url.href, { max: 1, onnotice: () => {}, types: exactTypes }),
    1,
    async (client) => {
      const [row] = await client`select current_user::text as role`;
      seen.push(row?.role);
      throw new Error("somebody else");
    },
  );
  await expect(pool.take()).rejects.toThrow("somebody else");
  await expect(pool.take()).rejects.toThrow("somebody else");
  expect(seen).toEqual(["mallard_staff", "mallard_staff"]);
  await pool.close(1);
});
