import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { expect, test } from "vitest";
import { connectionsMost, openDatabase } from "@/db/client";
import { transact } from "@/db/transaction";
import { createTestDatabase } from "@/lib/testing/database";
import { webConnectionsMost, workerConnectionsMost } from "./pool-sizes";

test("a database of a size opens as many connections as are counted for it, however much is asked at once", async () => {
  const { url, drop } = await createTestDatabase();
  const owner = postgres(url, { max: 1, onnotice: () => {} });
  for (const max of [1, 3, 6]) {
    const database = openDatabase({ url, role: "mallard_jobs", max, applicationName: `size ${max}` });
    const much = Array.from({ length: 30 }, (_, index) => index);
    await Promise.all(
      much.flatMap(() => [
        database.sql`select pg_sleep(0.05)`,
        database.orm.execute("select pg_sleep(0.05)"),
        transact(database, {}, ({ sql }) => sql`select pg_sleep(0.05)`),
      ]),
    );
    const [row] = await owner`
      select count(*)::int as count from pg_stat_activity where application_name = ${`size ${max}`}`;
    expect([max, row?.count]).toEqual([max, connectionsMost(max)]);
    await database.close();
  }
  await owner.end();
  await drop();
});

test("the README of the commands says how many a web process and the worker open", () => {
  const readme = readFileSync(fileURLToPath(new URL("../commands/README.md", import.meta.url)), "utf8");
  const said = readme.match(/^\| `DATABASE_POOL_SIZE` .*$/m)?.[0] ?? "";
  for (const size of [10, 20, 40]) expect(said).toContain(`${size}: ${webConnectionsMost(size)}`);
  expect(said).toContain(`the worker ${workerConnectionsMost}`);
});
