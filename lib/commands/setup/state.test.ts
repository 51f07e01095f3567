import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { commandOf } from "@/db/embedded-orphan";
import { keptSecrets, lockState, openStateDir } from "./state";

function stateDir(): string {
  const dir = mkdtempSync(path.join(tmpdir(), "mallard-state-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test("secrets are made once, stay the same, and are closed to others", () => {
  const dir = stateDir();
  const first = keptSecrets(dir);
  expect(keptSecrets(dir)).toEqual(first);
  expect(first.nextauthSecret.length).toBeGreaterThanOrEqual(32);
  expect(statSync(path.join(dir, "secrets.json")).mode & 0o077).toBe(0);
  expect(keptSecrets(stateDir())).not.toEqual(first);
});

test("a state directory that cannot be made is one sentence", () => {
  const file = path.join(stateDir(), "file");
  writeFileSync(file, "");
  expect(() => openStateDir(path.join(file, "state"))).toThrow(
    /^The directory .* cannot be written: [^\n]+$/,
  );
});

test("a second start is refused while the first runs, and what a killed one left is taken over", async () => {
  const dir = stateDir();
  const other = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "start.mjs"]);
  onTestFinished(() => void other.kill("SIGKILL"));
  const left = { pid: other.pid, address: "http://localhost:3000" };
  await vi.waitFor(async () => expect(await commandOf(other.pid ?? 0)).toContain("start.mjs"));
  writeFileSync(path.join(dir, "running.json"), JSON.stringify(left));
  await expect(lockState(dir, "http://localhost:3001")).rejects.toThrow(
    `Mallard already runs in this checkout, at http://localhost:3000: stop it first (process ${other.pid}).`,
  );
  const gone = new Promise((resolve) => other.once("exit", resolve));
  other.kill("SIGKILL");
  await gone;
  const lock = await lockState(dir, "http://localhost:3001");
  lock.release();
});
