import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import { PgBoss } from "pg-boss";
import postgres from "postgres";

/** Where pg-boss keeps its queues. Only the worker uses it, as the owner: it makes a partition a day. */
export const jobSchema = "pgboss";

/**
 * Brings a database to the current schema, as its owner. Safe to run again and by two processes at once (an
 * advisory lock lets one wait for the other).
 */
export async function migrate(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(hashtext('mallard migrations'))`;
    await runMigrations(drizzle(client), {
      migrationsFolder: fileURLToPath(new URL("./migrations", import.meta.url)),
    });
    await prepareJobs(url);
  } finally {
    await client.end();
  }
}

async function prepareJobs(url: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: url,
    schema: jobSchema,
    max: 1,
    supervise: false,
    schedule: false,
  });
  boss.on("error", () => {});
  await boss.start();
  await boss.stop({ graceful: false });
}
