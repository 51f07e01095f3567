import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import postgres from "postgres";
import { startEmbedded } from "@/db/embedded";
import { placeFor } from "@/db/embedded-place";
import { SetupFault } from "./setup-fault";

export interface OwnDatabases {
  /** Of each world that was started here: mallard_demo, mallard_live. */
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

/**
 * The databases of the embedded server that `npm start` made in the state directory: where it runs it is joined, else
 * it is started, and stopped again by `stop`. A SetupFault if there is none.
 */
export async function ownDatabases(stateDir: string): Promise<OwnDatabases> {
  const dir = path.join(stateDir, "postgres");
  if (!existsSync(stateDir)) throw nothingHere();
  const place = await placeFor(dir);
  if (!existsSync(path.join(place.dir, "password"))) throw nothingHere();
  const running = await runningServer(place.dir);
  const server = running ?? (await startEmbedded({ dir, durable: true }));
  const stop = async () => {
    if (running === null) await server.stop();
  };
  const urls = await worldsOf(server.url);
  if (urls.length > 0) return { urls, stop };
  await stop();
  throw nothingHere();
}

function nothingHere(): SetupFault {
  return new SetupFault(
    "There is no database here: run 'npm start' once, or set DATABASE_URL to the address of yours.",
  );
}

/** Nothing answers, or another server with another password does: then ours is not running. */
async function runningServer(dir: string): Promise<{ url: string; stop(): Promise<void> } | null> {
  const read = (name: string) => readFile(path.join(dir, name), "utf8").catch(() => "");
  const [port, password] = await Promise.all([read("port"), read("password")]);
  const url = `postgres://mallard:${password}@127.0.0.1:${port}/postgres`;
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    await sql`select 1`;
    return { url, stop: async () => undefined };
  } catch {
    return null;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function worldsOf(serverUrl: string): Promise<string[]> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    const rows = await sql`
      select datname from pg_database where datname in ('mallard_demo', 'mallard_live') order by datname`;
    return rows.map(({ datname }) => {
      const url = new URL(serverUrl);
      url.pathname = `/${datname}`;
      return url.href;
    });
  } finally {
    await sql.end();
  }
}
