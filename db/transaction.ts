import { isUuid } from "@/lib/kernel/id";
import type { Database, ReservedSql } from "./client";

/** Whose rows a transaction sees: the second wall behind lib/portal and lib/admin (row level security). */
export interface Scope {
  customerId?: string;
  userId?: string;
}

type Statement = { execute(): PromiseLike<unknown> };

export interface Transaction {
  readonly sql: ReservedSql;
  /** Sends a statement now and has it checked at commit: it shares the round trip with the COMMIT. */
  write(statement: Statement): void;
}

const retryable = new Set(["40001", "40P01"]);
/** A balance that is not there yet cannot be locked: whoever made it a moment later has to look again. */
const madeMeanwhile = "balances_pk";
const attemptsMax = 4;

/**
 * Runs `work` in one transaction under the scope. BEGIN and the scope travel with the first statement, written
 * statements with the COMMIT, so that a use case which reads and then writes costs two round trips. Nothing in
 * `work` may wait for a network other than the database's; it is run again after a deadlock or a serialization
 * failure, and when two made a customer's first balance at once. Throws what the database threw; then nothing is written.
 */
export async function transact<T>(
  database: Database,
  scope: Scope,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transactOnce(database, scope, work);
    } catch (error) {
      if (attempt >= attemptsMax || !mayRetry(error)) throw error;
    }
  }
}

function mayRetry(error: unknown): boolean {
  return retryable.has(sqlState(error) ?? "") || constraintName(error) === madeMeanwhile;
}

async function transactOnce<T>(
  database: Database,
  scope: Scope,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const connection = await database.connections.take();
  const { sql } = connection;
  try {
    const opened = connection.begin(beginText(scope));
    opened.catch(() => {});
    const writes: Promise<unknown>[] = [];
    let value: T;
    try {
      value = await work({ sql, write: (statement) => writes.push(sent(statement)) });
    } catch (error) {
      await Promise.allSettled([opened, ...writes]);
      await sql.unsafe("rollback").catch(() => {});
      throw error;
    }
    // After a failed statement PostgreSQL answers COMMIT with ROLLBACK, so sending it along is safe.
    const committed = sent(sql.unsafe("commit")) as Promise<{ command: string }>;
    await Promise.all([opened, ...writes]).catch(async (error) => {
      await committed.catch(() => {});
      throw error;
    });
    const { command } = await committed;
    if (command !== "COMMIT") throw new Error(`the transaction ended with ${command}`);
    return value;
  } catch (error) {
    // Of statements sent together the later ones may be heard first, which know no reason of their own.
    throw sqlState(error) === "25P02" ? (connection.failure() ?? error) : error;
  } finally {
    connection.release();
  }
}

function sent(statement: Statement): Promise<unknown> {
  const promise = Promise.resolve(statement.execute());
  // It is awaited later; until then a failure is not an unhandled one.
  promise.catch(() => {});
  return promise;
}

function beginText({ customerId, userId }: Scope): string {
  const parts = ["begin"];
  if (customerId !== undefined) parts.push(`set local mallard.customer = '${checkedUuid(customerId)}'`);
  if (userId !== undefined) parts.push(`set local mallard."user" = '${checkedUuid(userId)}'`);
  return parts.join("; ");
}

function checkedUuid(text: string): string {
  if (!isUuid(text)) throw new Error("a scope names customers and users by UUID");
  return text;
}

/** The SQLSTATE of a database error, whether thrown by postgres.js or wrapped by Drizzle. */
export function sqlState(error: unknown): string | undefined {
  return databaseError(error)?.code;
}

/** The name of the constraint that refused a statement, if one did. */
export function constraintName(error: unknown): string | undefined {
  return databaseError(error)?.constraint_name;
}

function databaseError(error: unknown): { code?: string; constraint_name?: string } | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("code" in error && typeof error.code === "string") return error as { code: string };
  return "cause" in error ? databaseError(error.cause) : undefined;
}
