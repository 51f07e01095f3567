import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";

export type Role = "mallard_app" | "mallard_jobs" | "mallard_staff";

/** postgres.js with int8 read as bigint: no amount ever becomes a float on its way. */
export type Sql = postgres.Sql<{ bigint: bigint }>;
export type ReservedSql = postgres.ReservedSql<{ bigint: bigint }>;

/**
 * Connections of one process in one role. `sql` is for the hot statements and for transactions of the ledger;
 * `orm` for the rest. They do not share a client, because Drizzle changes the parsers of the one it is given.
 */
export interface Database {
  readonly role: Role;
  readonly sql: Sql;
  readonly orm: PostgresJsDatabase;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  role: Role;
  /** Connections of `sql`; `orm` has half as many. */
  max?: number;
  applicationName?: string;
}

/** Opens lazily: nothing is connected before the first statement. */
export function openDatabase({ url, role, max = 10, applicationName = role }: DatabaseOptions): Database {
  const connection = {
    application_name: applicationName,
    role,
    TimeZone: "UTC",
    // A process that stops in the middle of a transaction must not keep a customer's lock for ever.
    idle_in_transaction_session_timeout: 30_000,
    statement_timeout: 60_000,
    lock_timeout: 20_000,
  };
  const options = { connection, onnotice: () => {}, connect_timeout: 10, idle_timeout: 300 };
  const sql: Sql = postgres(url, { ...options, max, types: { bigint: postgres.BigInt } });
  const client = postgres(url, { ...options, max: Math.max(2, Math.ceil(max / 2)) });
  return {
    role,
    sql,
    orm: drizzle(client),
    close: async () => {
      await Promise.all([sql.end({ timeout: 5 }), client.end({ timeout: 5 })]);
    },
  };
}
