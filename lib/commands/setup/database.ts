import path from "node:path";
import postgres from "postgres";
import { startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";
import { SetupFault } from "./setup-fault";

export interface RunningDatabase {
  /** Of the maintenance database of the embedded server, or of DATABASE_URL. */
  readonly url: string;
  stop(): Promise<void>;
}

const oldestMajor = 15;

export async function startOwnServer(
  { stateDir, say }: { stateDir: string; say: (line: string) => void },
  durable: boolean,
  port: number,
): Promise<RunningDatabase> {
  const onNotice = (notice: string) => say(`[database] ${notice}`);
  return startEmbedded({ dir: path.join(stateDir, "postgres"), durable, port, onNotice });
}

/** Connects once to a database that is not ours; a SetupFault says what to do if that fails. */
export async function reachDatabase(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, connect_timeout: 10, onnotice: () => undefined });
  try {
    const [row] = await sql`select current_setting('server_version_num')::int / 10000 as major`;
    if (Number(row?.major) >= oldestMajor) return;
    throw new SetupFault(
      `DATABASE_URL names a PostgreSQL ${row?.major}: Mallard needs ${oldestMajor} or newer.`,
    );
  } catch (error) {
    throw error instanceof SetupFault ? error : new SetupFault(adviceFor(url, error));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Migrates a database that is not ours; a SetupFault if its user may not. */
export async function migrateTheirs(url: string): Promise<void> {
  try {
    await migrate(url);
  } catch (error) {
    if (sqlState(error) !== "42501") throw error;
    throw new SetupFault(
      "DATABASE_URL names a user who may not prepare the database: let it own the database, and give it CREATEROLE or make its roles before (db/README.md, Roles made beforehand).",
    );
  }
}

function adviceFor(url: string, error: unknown): string {
  const { code } = error as { code?: string };
  const { hostname, port, pathname, username } = new URL(url);
  const place = `${hostname}:${port || 5432}`;
  const advice: Record<string, string> = {
    ECONNREFUSED: `nothing listens at ${place}: start that database, or correct the address`,
    ENOTFOUND: `there is no host ${hostname}: correct the address`,
    EAI_AGAIN: `the host ${hostname} cannot be looked up: check the network, or correct the address`,
    CONNECT_TIMEOUT: `${place} does not answer: check the address and what filters the network`,
    "28P01": `the password of ${username} is refused: correct it`,
    "28000": `${username} is not let in: correct the user, or the server's pg_hba.conf`,
    "3D000": `there is no database ${pathname.slice(1)}: create it, or correct the name`,
  };
  const known = advice[code ?? sqlState(error) ?? ""];
  return `DATABASE_URL cannot be used, ${known ?? `${(error as Error).message}: correct it`}.`;
}

function sqlState(error: unknown): string | undefined {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return cause?.code ?? code;
}

export async function hasDatabase(serverUrl: string, name: string): Promise<boolean> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    return (await sql`select from pg_database where datname = ${name}`).length > 0;
  } finally {
    await sql.end();
  }
}

/** Makes a database of the given name if there is none, by a step that is done wholly or not at all. */
export async function ensureDatabase(
  serverUrl: string,
  name: string,
  fill: (url: string) => Promise<void>,
): Promise<string> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  const unfinished = `${name}_unfinished`;
  try {
    if (await hasDatabase(serverUrl, name)) return withDatabase(serverUrl, name);
    await sql`drop database if exists ${sql(unfinished)} with (force)`;
    await sql`create database ${sql(unfinished)}`;
    await fill(withDatabase(serverUrl, unfinished));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${unfinished}`;
    await sql`alter database ${sql(unfinished)} rename to ${sql(name)}`;
    return withDatabase(serverUrl, name);
  } finally {
    await sql.end();
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
