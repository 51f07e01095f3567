import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import { PgBoss } from "pg-boss";
import postgres from "postgres";

/** Where pg-boss keeps its queues. Only the worker uses it, as the owner: it makes a partition a day. */
export const jobSchema = "pgboss";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

/** The database was made by migrations that this version of Mallard does not have. Its message says what to do. */
export class OtherSchemaError extends Error {
  constructor() {
    super(
      "This database was made by an earlier build of Mallard, before its first release, and cannot be brought up to date: " +
        "remove the directory .mallard (as root also /var/lib/mallard, where its data is kept), or name an empty database in DATABASE_URL.",
    );
  }
}

/** The tables are there, and what the roles may do with them is not. Its message says what to do. */
export class LostRolesError extends Error {
  constructor() {
    super(
      "This database was restored without the roles of Mallard, so nothing may be read or written in it. Make the roles " +
        "mallard_app, mallard_jobs and mallard_staff, then restore the backup once more into an empty database (db/README.md, Backup).",
    );
  }
}

/**
 * Brings a database to the current schema, as its owner. Safe to run again and by two processes at once (an
 * advisory lock lets one wait for the other). Throws an OtherSchemaError, and changes nothing, if other migrations made it, and a
 * LostRolesError if a restore left grants and policies out.
 */
export async function migrate(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(hashtext('mallard migrations'))`;
    await refuseOtherSchema(client);
    await runMigrations(drizzle(client), { migrationsFolder });
    await refuseLostRoles(client);
    await prepareJobs(url);
  } finally {
    await client.end();
  }
}

/** Until the first release the two migrations are rewritten in place, so what was applied is known by its hash alone. */
async function refuseOtherSchema(client: postgres.Sql): Promise<void> {
  const [journal] = await client`select to_regclass('drizzle.__drizzle_migrations') is not null as is_there`;
  if (!journal?.is_there) return;
  const known = readdirSync(migrationsFolder)
    .filter((name) => name.endsWith(".sql"))
    .map((name) =>
      createHash("sha256")
        .update(readFileSync(path.join(migrationsFolder, name)))
        .digest("hex"),
    );
  const [other] = await client`
    select count(*)::int as count from drizzle.__drizzle_migrations where not hash = any(${known})`;
  if (other?.count !== 0) throw new OtherSchemaError();
}

/** A restore into a cluster without the roles goes on past each statement that names one. */
async function refuseLostRoles(client: postgres.Sql): Promise<void> {
  const [found] = await client`
    select (select count(*) from pg_roles where rolname in ('mallard_app', 'mallard_jobs', 'mallard_staff')) = 3
      and exists (select from pg_policies where schemaname = 'public' and policyname = 'customers_own') as is_whole`;
  if (!found?.is_whole) throw new LostRolesError();
  const [granted] =
    await client`select has_table_privilege('mallard_app', 'public.customers', 'select') as may_read`;
  if (!granted?.may_read) throw new LostRolesError();
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
