import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import type { TestDatabase } from "@/lib/testing/server";
import { roles } from "./client";
import { LostRolesError, migrate } from "./migrate";

let root: postgres.Sql;
let database: TestDatabase;

beforeAll(async () => {
  root = postgres(inject("testServerUrl"), { max: 1, onnotice: () => {} });
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
  await root.end();
});

test("a database restored without grants or policies is refused in a sentence, and not used", async () => {
  const owner = postgres(database.url, { max: 1, onnotice: () => {} });
  await migrate(database.url);
  await owner`drop policy customers_own on customers`;
  await expect(migrate(database.url)).rejects.toThrow(LostRolesError);
  await owner`create policy customers_own on customers to mallard_app using (true)`;
  await owner`revoke select on customers from mallard_app`;
  await expect(migrate(database.url)).rejects.toThrow("restore the backup once more");
  await owner.end();
});

test("an owner who may make no roles migrates a database where they were made for it", async () => {
  const name = "test_of_a_plain_owner";
  await root.unsafe(`create role ${name} login password 'plain'`);
  for (const role of roles) await root.unsafe(`grant ${role} to ${name} with inherit false, set true`);
  await root.unsafe(`create database ${name} owner ${name}`);
  try {
    const url = new URL(database.url);
    [url.username, url.password, url.pathname] = [name, "plain", `/${name}`];
    await migrate(url.href);
    await migrate(url.href);
  } finally {
    await root.unsafe(`drop database ${name} with (force)`);
    await root.unsafe(`drop owned by ${name}; drop role ${name}`);
  }
});
