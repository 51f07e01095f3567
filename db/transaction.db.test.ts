import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import type { TestDatabase } from "@/lib/testing/server";
import { type Database, openDatabase } from "./client";
import { type Transaction, transact } from "./transaction";

const deadlock = "do $$ begin raise exception 'a deadlock' using errcode = '40P01'; end $$";

let served: TestDatabase;
let owner: postgres.Sql;
let database: Database;

beforeAll(async () => {
  served = await createTestDatabase();
  owner = postgres(served.url, { max: 2, onnotice: () => {} });
  await owner`create table notes (word text)`;
  await owner`grant all on notes to mallard_jobs`;
  // One connection, so that whoever comes next gets the one that was cut.
  database = openDatabase({ url: served.url, role: "mallard_jobs", max: 1 });
});

afterAll(async () => {
  await Promise.all([database.close(), owner.end()]);
  await served.drop();
});

async function pidOf({ sql }: Transaction): Promise<number> {
  const [row] = await sql`select pg_backend_pid() as pid`;
  return row?.pid;
}

/** Ends the session and returns when the server has forgotten it. */
async function cut(pid: number): Promise<void> {
  await owner`select pg_terminate_backend(${pid}, 10000)`;
}

async function words(): Promise<string[]> {
  const rows = await owner`select word from notes order by word`;
  return rows.map(({ word }) => word);
}

test("a connection that is cut between two statements fails the transaction and nothing else", async () => {
  await expect(
    transact(database, {}, async (tx) => {
      await tx.sql`insert into notes values ('cut between')`;
      await cut(await pidOf(tx));
      await tx.sql`insert into notes values ('after the cut')`;
    }),
  ).rejects.toThrow();
  expect(await words()).toEqual([]);
  const [row] = await transact(database, {}, ({ sql }) => sql`select 1 as one`);
  expect(row?.one).toBe(1);
});

test("statements under way and those that wait behind them are answered when the connection is cut", async () => {
  const ends = await transact(database, {}, async (tx) => {
    const pid = await pidOf(tx);
    // Statements with parameters that were never sent before wait for each other's description.
    const under = [1, 2, 3].map((n) =>
      tx.sql.unsafe("select pg_sleep($1::int * 60)", [n], { prepare: true }).execute(),
    );
    const ended = Promise.allSettled(under);
    await cut(pid);
    return ended;
  }).catch((error: unknown) => error);
  expect(ends).toBeInstanceOf(Error);
});

test("nothing that comes after the cut is written, even if its failure is overlooked", async () => {
  await expect(
    transact(database, {}, async (tx) => {
      await tx.sql`insert into notes values ('before')`;
      await cut(await pidOf(tx));
      await tx.sql`insert into notes values ('late')`.catch(() => undefined);
      tx.write(tx.sql`insert into notes values ('written late')`);
    }),
  ).rejects.toThrow();
  await transact(database, {}, ({ sql }) => sql`insert into notes values ('the next one')`);
  expect(await words()).toEqual(["the next one"]);
});

test("those who wait for a connection get one when the connections they wait for are cut", async () => {
  const pids: number[] = [];
  const cutOne = transact(database, {}, async (tx) => {
    pids.push(await pidOf(tx));
    await tx.sql`select pg_sleep(60)`;
  }).then(
    () => "committed",
    () => "failed",
  );
  const waiting = [1, 2, 3].map(() => transact(database, {}, pidOf));
  while (pids.length === 0) await owner`select 1`;
  await cut(pids[0] ?? 0);
  expect(await cutOne).toBe("failed");
  expect(await Promise.all(waiting)).toHaveLength(3);
});

test("a deadlock is met by beginning again, also where a statement sent behind it is heard of first", async () => {
  let attempts = 0;
  const [row] = await transact(database, {}, async ({ sql }) => {
    attempts += 1;
    const isFirst = attempts === 1;
    const behindOthers = async () => {
      const rows = await (isFirst ? sql.unsafe(deadlock) : sql`select 'met' as word`);
      return rows;
    };
    const [rows] = await Promise.all([behindOthers(), sql`select 1`]);
    return rows;
  });
  expect({ attempts, word: row?.word }).toEqual({ attempts: 2, word: "met" });
});
