import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import postgres from "postgres";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Embedded, startEmbedded } from "./embedded";
import { commandOf, parentOf } from "./embedded-orphan";

/** A place with a space in its name, gone after the test. */
async function newDir(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "mallard embedded "));
  await chmod(dir, 0o711);
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return path.join(dir, "postgres");
}

/** Starts a cluster in another process, which can be killed. */
async function ownerIn(dir: string): Promise<{ process: ChildProcess; url: string; pid: number }> {
  const module = new URL("./embedded.ts", import.meta.url).href;
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(module)});
    const server = await startEmbedded({ dir: ${JSON.stringify(dir)}, durable: false });
    console.log(JSON.stringify({ url: server.url, pid: await server.serverPid() }));
    setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void owner.kill("SIGKILL"));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: owner.stdout }).once("line", resolve);
    owner.once("exit", () => reject(new Error("the owner ended before its server was ready")));
  });
  return { process: owner, ...(JSON.parse(line) as { url: string; pid: number }) };
}

async function query<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const write = (url: string) => query(url, (sql) => sql`create table kept as select 42 as answer`);
const read = (url: string) => query(url, async (sql) => (await sql`select answer from kept`)[0]?.answer);

async function gone(pid: number): Promise<void> {
  await vi.waitFor(async () => expect(await commandOf(pid)).toBeFalsy(), { timeout: 20_000, interval: 50 });
}

test("a server whose owner was killed stops by itself, and its data is there at the next start", async () => {
  const dir = await newDir();
  const owner = await ownerIn(dir);
  await write(owner.url);
  owner.process.kill("SIGKILL");
  await gone(owner.pid);
  const server = await startEmbedded({ dir, durable: false });
  expect(await read(server.url)).toBe(42);
  await server.stop();
});

test("an orphan left by a killed owner and keeper is found, stopped and replaced", async () => {
  const dir = await newDir();
  const owner = await ownerIn(dir);
  await write(owner.url);
  process.kill((await parentOf(owner.pid)) ?? 0, "SIGKILL");
  owner.process.kill("SIGKILL");
  const server = await startEmbedded({ dir, durable: false });
  expect(await server.serverPid()).not.toBe(owner.pid);
  expect(await read(server.url)).toBe(42);
  await gone(owner.pid);
  await server.stop();
});

test("a server that is killed is started again, on the same port, with what was committed", async () => {
  const notices: string[] = [];
  const server = await startEmbedded({
    dir: await newDir(),
    durable: true,
    onNotice: (n) => notices.push(n),
  });
  await write(server.url);
  const first = await server.serverPid();
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(notices).toContain("the database server is back"), { timeout: 20_000 });
  expect(await read(server.url)).toBe(42);
  expect(await server.serverPid()).not.toBe(first);
  await server.stop();
});

test("a cluster that somebody uses is not taken from them", async () => {
  const dir = await newDir();
  const server = await startEmbedded({ dir, durable: false });
  await expect(startEmbedded({ dir, durable: false })).rejects.toThrow(/in use by another process/);
  expect(await query(server.url, async (sql) => (await sql`select 1 as one`)[0]?.one)).toBe(1);
  await server.stop();
});

test("only this machine can connect, and only with the password, which others cannot read", async () => {
  const server: Embedded = await startEmbedded({ dir: await newDir(), durable: false });
  const [listens] = await query(server.url, (sql) => sql`show listen_addresses`);
  expect(listens?.listen_addresses).toBe("127.0.0.1");
  await expect(read(server.url.replace(/:[^:@]+@/, ":wrong@"))).rejects.toThrow(/password authentication/);
  const { mode } = await import("node:fs/promises").then(({ stat }) =>
    stat(path.join(server.place, "password")),
  );
  expect(mode & 0o077).toBe(0);
  expect(server.url).toContain(await readFile(path.join(server.place, "password"), "utf8"));
  await server.stop();
});
