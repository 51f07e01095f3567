import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createTransport } from "nodemailer";
import { expect, onTestFinished, test, vi } from "vitest";
import { commandOf } from "@/db/embedded-orphan";
import { advanceFileClock } from "@/lib/kernel/file-clock";
import { startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import { Journal } from "@/lib/sandbox/state/journal";
import { runToEnd } from "./child";
import { keepPorts, keptSecrets, lockState, openStateDir } from "./state";

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

/** What other users of the machine may do to anything below, but for the database, which has a test of its own. */
function openToOthers(dir: string): string[] {
  return readdirSync(dir, { recursive: true })
    .map((name) => path.join(dir, String(name)))
    .filter((file) => (statSync(file).mode & 0o077) !== 0);
}

test("nothing that a start keeps can be read by other users, whatever their umask was", async () => {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const dir = path.join(stateDir(), "state");
  openStateDir(dir);
  keptSecrets(dir);
  keepPorts(dir, { stripe: 4242 });
  await lockState(dir, "http://localhost:3000");
  advanceFileClock(path.join(dir, "clock-demo"), 1);
  const mailbox = await startMailbox({ dataDir: path.join(dir, "mailbox-demo") });
  const sender = createTransport(mailbox.smtpUrl);
  await sender.sendMail({ from: "a@example.com", to: "b@example.com", subject: "a link", text: "secret" });
  await mailbox.close();
  const journal = new Journal(path.join(dir, "stripe-demo"));
  journal.rewrite([]);
  journal.close();
  const said = { logDir: path.join(dir, "logs"), show: "all", say: () => {} } as const;
  await runToEnd(
    { ...said, name: "x", args: ["-e", ""], cwd: dir, env: { NODE_ENV: "test" } },
    new AbortController().signal,
  );
  expect(readdirSync(dir).sort()).toEqual(
    [
      "clock-demo",
      "logs",
      "mailbox-demo",
      "ports.json",
      "running.json",
      "secrets.json",
      "stripe-demo",
    ].sort(),
  );
  expect(openToOthers(dir)).toEqual([]);
  // Root's database server runs as another user, who passes through and sees nothing.
  expect(statSync(dir).mode & 0o077).toBe(process.getuid?.() === 0 ? 0o011 : 0);
});

test("what an earlier build left open is closed at the next start", () => {
  const dir = stateDir();
  mkdirSync(path.join(dir, "mailbox-demo"));
  writeFileSync(path.join(dir, "mailbox-demo", "a.eml"), "secret", { mode: 0o644 });
  chmodSync(dir, 0o755);
  openStateDir(dir);
  expect(openToOthers(dir)).toEqual([]);
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
