import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "@/db/embedded";
import { startPortal } from "./setup/portal";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function start(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const program = path.join(root, "lib", "commands", "start.mjs");
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output: output.trim() };
}

test("a port in use is one sentence that says what to do, before anything is installed or built", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  expect(await start([], { PORT: String(port) })).toEqual({
    code: 1,
    output: `Port ${port} is in use: stop the program that uses it, or choose another with PORT, as PORT=3000.`,
  });
});

test("a flag that does not exist is named", async () => {
  const { code, output } = await start(["--develop"], {});
  expect(output).toMatch(/^--develop is not known here[^\n]+$/);
  expect(code).toBe(1);
});

test("a database that does not answer is one sentence, and nothing was started for it", async () => {
  const stateDir = mkdtempSync(path.join(tmpdir(), "mallard-start-"));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  const port = await freePort();
  const steps: string[] = [];
  const started = startPortal({
    root,
    stateDir,
    env: { PORT: "0", DATABASE_URL: `postgres://op:pw@127.0.0.1:${port}/billing` },
    dev: false,
    durable: false,
    say: () => undefined,
    step: (what, work) => {
      steps.push(what);
      return work();
    },
    signal: new AbortController().signal,
  });
  await expect(started).rejects.toThrow(
    `DATABASE_URL cannot be used, nothing listens at 127.0.0.1:${port}: start that database, or correct the address.`,
  );
  expect(steps).toEqual([]);
});
