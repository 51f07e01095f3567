import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { transact } from "@/db/transaction";
import { createTestDatabase } from "../database";
import type { TestDatabase } from "../server";
import { openTestWorld, type TestWorld } from "../world";
import type { Blow } from "./fate";
import { Mortal } from "./mortal";

let served: TestDatabase;
let owner: postgres.Sql;
let world: TestWorld;

beforeAll(async () => {
  served = await createTestDatabase();
  owner = postgres(served.url, { max: 2, onnotice: () => {} });
  await owner`create table notes (word text)`;
  await owner`grant all on notes to mallard_jobs`;
  world = openTestWorld({ url: served.url, max: 2 });
});

beforeEach(async () => {
  await owner`truncate notes`;
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await served.drop();
});

/** Two statements in a transaction: its points are 0 before it, 1 and 2 before each, 3 and 4 around its commit. */
async function write(blow: Blow, at: number) {
  const mortal = new Mortal(
    { ...world, terminate: async (pid) => owner`select pg_terminate_backend(${pid}, 5000)` },
    { doom: { blow, at, isAtStripe: false } },
  );
  let attempts = 0;
  const end = await transact(mortal.world.jobs, {}, async (tx) => {
    attempts += 1;
    await tx.sql`insert into notes values ('first')`;
    tx.write(tx.sql`insert into notes values ('second')`);
  }).then(
    () => "returned",
    () => "threw",
  );
  await mortal.settled();
  const rows = await owner`select word from notes order by word`;
  return { end, attempts, words: rows.map(({ word }) => word), struck: mortal.struck?.point };
}

test.each([0, 1, 2, 3])("a process that dies at point %i leaves nothing of its transaction", async (at) => {
  const { end, words, struck } = await write("death", at);
  expect({ end, words }).toEqual({ end: "threw", words: [] });
  const points = ["before a transaction", "before a statement", "before a statement", "before a commit"];
  expect(struck).toBe(points[at]);
});

test("a process that dies after its commit has written all, but answers nobody", async () => {
  expect(await write("death", 4)).toEqual({
    end: "threw",
    attempts: 1,
    words: ["first", "second"],
    struck: "after a commit",
  });
});

test.each([1, 2, 3])(
  "a connection that is cut at point %i leaves nothing, and nothing comes after it",
  async (at) => {
    expect(await write("cut", at)).toMatchObject({ end: "threw", attempts: 1, words: [] });
  },
);

test("a connection that is cut after the commit leaves all, and the process does not know", async () => {
  expect(await write("cut", 4)).toMatchObject({ end: "threw", words: ["first", "second"] });
});

test.each([1, 2])("a deadlock at point %i is met by beginning again", async (at) => {
  expect(await write("deadlock", at)).toMatchObject({
    end: "returned",
    attempts: 2,
    words: ["first", "second"],
  });
});

test("a dead process does nothing more, whatever its code still tries", async () => {
  const mortal = new Mortal(
    { ...world, terminate: async () => undefined },
    { doom: { blow: "death", at: 0, isAtStripe: false } },
  );
  const { jobs, gateway } = mortal.world;
  await expect(transact(jobs, {}, async ({ sql }) => sql`insert into notes values ('a')`)).rejects.toThrow();
  await expect(jobs.sql`insert into notes values ('b')`).rejects.toThrow();
  await expect(gateway.readCheckout("cs_1")).rejects.toThrow();
  expect(await owner`select 1 from notes`).toHaveLength(0);
});
