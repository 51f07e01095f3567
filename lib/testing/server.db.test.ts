import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "./database";
import type { TestDatabase } from "./server";

let one: TestDatabase;
let other: TestDatabase;

beforeAll(async () => {
  [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
});

afterAll(async () => {
  await Promise.all([one.drop(), other.drop()]);
});

test("two test databases made at once do not see each other's tables", async () => {
  const first = postgres(one.url);
  const second = postgres(other.url);
  await first`create table only_here (n int)`;
  const [found] = await second`select to_regclass('only_here') as name`;
  expect(found?.name).toBeNull();
  await Promise.all([first.end(), second.end()]);
});

test("the server speaks UTF-8, UTC and PostgreSQL 18, whatever the machine is set to", async () => {
  const sql = postgres(one.url);
  const [row] =
    await sql`select current_setting('server_encoding') as encoding, current_setting('timezone') as zone,
    current_setting('server_version_num')::int / 10000 as major, lower('ÄΩ鴨') as lowered`;
  expect(row).toEqual({ encoding: "UTF8", zone: "UTC", major: 18, lowered: "äω鴨" });
  await sql.end();
});
