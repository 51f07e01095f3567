import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { ConnectionPool } from "./connection-pool";
import { exactTypes, type ReservedSql, type Sql } from "./exact-sql";

export type { ReservedSql, Sql };

export const roles = ["mallard_app", "mallard_jobs", "mallard_staff"] as const;
export type Role = (typeof roles)[number];

/**
 * Connections of one process in one role. `connections` are for transactions (`transact`), `sql` for statements that
 * are one by themselves, `orm` for the rest. They do not share a client, because Drizzle changes the parsers of the
 * one it is given.
 */
export interface Database {
  readonly role: Role;
  readonly connections: Pick<ConnectionPool, "take">;
  readonly sql: Sql;
  readonly orm: PostgresJsDatabase;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  role: Role;
  /** Connections of each, opened as they are needed; `orm` has half as many. In all: `connectionsMost`. */
  max?: number;
  applicationName?: string;
}

/** What a database of this size opens at most: each for transactions and for single statements, half as many for the builder. */
export function connectionsMost(max: number): number {
  return 2 * max + ormConnections(max);
}

function ormConnections(max: number): number {
  return Math.max(2, Math.ceil(max / 2));
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
  const exact = { ...options, types: exactTypes };
  const sql: Sql = postgres(url, { ...exact, max });
  const one = { ...exact, max: 1, idle_timeout: 0, max_lifetime: null };
  const connections = new ConnectionPool(
    () => postgres(url, one),
    max,
    (made) => proveRole(made, role),
  );
  const client = postgres(url, { ...options, max: ormConnections(max) });
  return {
    role,
    sql,
    orm: drizzle(client),
    connections,
    close: async () => {
      await Promise.all([connections.close(5), sql.end({ timeout: 5 }), client.end({ timeout: 5 })]);
    },
  };
}

/** A pooler between us and the server may drop what a connection asks for at its start. */
async function proveRole(client: Sql, role: Role): Promise<void> {
  const [row] = await client`select current_user::text as role`;
  if (row?.role !== role)
    throw new Error(`a connection to the database acts as ${row?.role}, not as ${role}`);
}
