import { execFile } from "node:child_process";
import path from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BusyCustomer, makeBusyCustomer } from "@/lib/testing/busy-customer";
import { createTestDatabase } from "@/lib/testing/database";
import { openTestWorld } from "@/lib/testing/world";

const root = path.resolve(import.meta.dirname, "../..");

let url: string;
let owner: postgres.Sql;
let busy: BusyCustomer;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  url = database.url;
  owner = postgres(url, { max: 1, onnotice: () => {} });
  const world = openTestWorld({ url });
  busy = await makeBusyCustomer(world);
  await world.close();
  drop = async () => {
    await owner.end();
    await database.drop();
  };
});

afterAll(() => drop());

/** As `npm run books` starts it. */
function books(databaseUrl: string, ...flags: string[]): Promise<{ code: number; out: string; err: string }> {
  const args = ["--import", "tsx", "lib/commands/books.ts", ...flags];
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, env }, (error, out, err) => {
      resolve({ code: Number(error?.code ?? 0), out, err });
    });
  });
}

test("books that balance: a line for each invariant, and exit code 0", async () => {
  const { code, out, err } = await books(url);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8])
    expect(out).toMatch(new RegExp(`^  ${number} .* [0-9]+ .* ok$`, "m"));
  expect(out).toContain("The books balance.");
});

test("books that do not: the offending row with its ids, and exit code 1", async () => {
  await owner`update balances set posted_minor = posted_minor + 1
    where customer_id = ${busy.customerId} and currency = 'USD'`;
  const { code, out } = await books(url, "--full");
  await owner`update balances set posted_minor = posted_minor - 1
    where customer_id = ${busy.customerId} and currency = 'USD'`;
  expect(code).toBe(1);
  expect(out).toContain(`balance USD of customer ${busy.customerId}`);
  expect(out).toContain("1 of 8 invariants are broken");
});

test("what cannot be checked: one sentence that says what to do, and exit code 1", async () => {
  const nowhere = await books("postgres://nobody@127.0.0.1:1/nothing");
  expect(nowhere).toMatchObject({ code: 1, out: "" });
  expect(nowhere.err).toMatch(/^DATABASE_URL cannot be used, nothing listens at 127\.0\.0\.1:1.*\.\n$/);
  const unknown = await books(url, "--fool");
  expect(unknown).toMatchObject({ code: 1, out: "" });
  expect(unknown.err).toMatch(/^--fool is not known here.*\n$/);
  const empty = new URL(url);
  empty.pathname = "/postgres";
  const unprepared = await books(empty.href);
  expect(unprepared).toMatchObject({ code: 1, out: "" });
  expect(unprepared.err).toMatch(/^The database has not been prepared.*\n$/);
});
