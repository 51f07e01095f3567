import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import type { Sql } from "@/db/client";
import { startEmbedded } from "@/db/embedded";
import { exactTypes } from "@/db/exact-sql";
import { migrate } from "@/db/migrate";
import { createLimit } from "./limit";
import { seedCustomers } from "./seed";

export interface BenchServer {
  readonly version: string;
  /** A migrated database of its own, with so many customers and the limit's function. Its URL, as the owner. */
  create(name: string, customers: number): Promise<string>;
  copy(name: string, from: string): Promise<string>;
  drop(name: string): Promise<void>;
  stop(): Promise<void>;
}

const home = fileURLToPath(new URL("../../.mallard", import.meta.url));

/** Starts a PostgreSQL for the bench alone, with the durability that real data has. */
export async function startBenchServer(): Promise<BenchServer> {
  await removeLeftovers();
  const server = await startEmbedded({ dir: path.join(home, `bench-${process.pid}`), durable: true });
  const urlOf = (name: string) => {
    const url = new URL(server.rootUrl);
    url.pathname = `/${name}`;
    return url.href;
  };
  const administer = (statement: string) => asOwner(server.rootUrl, (sql) => sql.unsafe(statement));
  const [row] = await administer("show server_version");
  return {
    version: row?.server_version,
    create: async (name, customers) => {
      await administer(`create database ${name}`);
      await migrate(urlOf(name));
      await asOwner(urlOf(name), async (sql) => {
        await createLimit(sql);
        await seedCustomers(sql, customers);
      });
      return urlOf(name);
    },
    copy: async (name, from) => {
      await administer(`create database ${name} template ${from}`);
      return urlOf(name);
    },
    drop: async (name) => {
      await administer(`drop database ${name} with (force)`);
    },
    stop: async () => {
      await server.stop();
      await rm(server.place, { recursive: true, force: true });
      await rm(path.join(home, `bench-${process.pid}`), { recursive: true, force: true });
    },
  };
}

/** The owner's connections: no row level security, as the limit is called and the bench seeds. */
export function openOwner(url: string, max: number): Sql {
  return postgres(url, { max, onnotice: () => {}, types: exactTypes });
}

async function asOwner<T>(url: string, work: (sql: Sql) => PromiseLike<T>): Promise<T> {
  const sql = openOwner(url, 1);
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** What a bench that was killed left in the checkout. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(home).catch(() => [])) {
    const pid = Number(/^bench-(\d+)$/.exec(name)?.[1]);
    if (!pid || isAlive(pid)) continue;
    await rm(path.join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
