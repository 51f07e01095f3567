import { randomUUID } from "node:crypto";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import { startEmbedded } from "@/db/embedded";
import { migrate } from "@/db/migrate";

export interface TestDatabase {
  /** As a superuser, who owns it; connect through db/client.ts to act as one of the application's roles. */
  readonly url: string;
  drop(): Promise<void>;
}

export interface TestServer {
  /** Of the maintenance database. */
  readonly url: string;
  stop(): Promise<void>;
}

const template = "mallard_template";
const dirPrefix = "mallard-test-";

/** Starts a server in a new temporary directory and migrates its template. What it holds may be lost. */
export async function startTestServer(): Promise<TestServer> {
  await removeLeftovers();
  const dir = await mkdtemp(path.join(tmpdir(), `${dirPrefix}${process.pid}-`));
  // Root's server runs as another user, who has to pass through here.
  await chmod(dir, 0o711);
  const server = await startEmbedded({ dir: path.join(dir, "postgres"), durable: false });
  const stop = async () => {
    await server.stop();
    await rm(server.place, { recursive: true, force: true });
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await administer(server.rootUrl, `create database ${template}`);
    await migrate(withDatabase(server.rootUrl, template));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: server.rootUrl, stop };
}

/** The same on a server that somebody else runs and that may be spoiled: a template of ours, removed in the end. */
export async function borrowTestServer(url: string): Promise<TestServer> {
  await administer(url, `drop database if exists ${template} with (force)`);
  await administer(url, `create database ${template}`);
  await migrate(withDatabase(url, template));
  return { url, stop: () => administer(url, `drop database if exists ${template} with (force)`) };
}

/** A migrated, empty database of one's own on a server that startTestServer started. */
export async function copyTemplate(serverUrl: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(serverUrl, `create database ${name} template ${template}`);
  return {
    url: withDatabase(serverUrl, name),
    drop: () => administer(serverUrl, `drop database ${name} with (force)`),
  };
}

/** The directories of test runs that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(name.startsWith(dirPrefix) ? name.slice(dirPrefix.length).split("-")[0] : Number.NaN);
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
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

async function administer(serverUrl: string, statement: string): Promise<void> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
