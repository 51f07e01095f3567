import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readFile, readlink, realpath, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { EmbeddedError } from "./embedded-error";
import type { Place } from "./embedded-place";

const run = promisify(execFile);
const pollMs = 50;
const fastStopMs = 20_000;

/**
 * Stops a server that was left behind when its keeper was killed: it is named in the first line of its
 * postmaster.pid. One whose keeper lives belongs to somebody else and is left alone, with an EmbeddedError.
 */
export async function clearOrphan(place: Place): Promise<void> {
  const pidFile = path.join(place.data, "postmaster.pid");
  const pid = Number((await readFile(pidFile, "utf8").catch(() => "")).split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1) return;
  if (!(await isServerOf(place, pid))) {
    // The number may have gone to another program of the same user, which PostgreSQL would take for its server.
    if (!(await commandOf(pid))?.includes("postgres")) await rm(pidFile, { force: true });
    return;
  }
  // A keeper whose owner has just gone is stopping its server: that is worth a moment's wait.
  if (await isKept(pid)) await untilGone(pid, 5_000);
  if (await isKept(pid)) {
    throw new EmbeddedError(
      `The embedded database in ${place.dir} is in use by another process (its server is ${pid}): stop that one first.`,
    );
  }
  if (isAlive(pid)) signal(pid, "SIGINT");
  if (await untilGone(pid, fastStopMs)) return;
  signal(pid, "SIGQUIT");
  if (await untilGone(pid, fastStopMs)) return;
  throw new EmbeddedError(`The PostgreSQL server ${pid} of an earlier start does not stop: end it by hand.`);
}

/** A server works in its data directory: on Linux that is seen even if the directory was moved meanwhile. */
async function isServerOf(place: Place, pid: number): Promise<boolean> {
  const command = await commandOf(pid);
  if (!command?.includes("postgres")) return false;
  if (command.includes(place.data)) return true;
  const workingDir = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return workingDir !== null && workingDir === (await realpath(place.data).catch(() => place.data));
}

/** The command line of a process, or null if there is no such process. */
export async function commandOf(pid: number): Promise<string | null> {
  if (!isAlive(pid)) return null;
  if (existsSync("/proc/self/cmdline")) {
    const words = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return words.replaceAll("\0", " ");
  }
  const [program, args] =
    process.platform === "win32"
      ? [
          "powershell",
          [
            "-NoProfile",
            "-Command",
            `(Get-CimInstance Win32_Process -Filter "ProcessId=${pid}").CommandLine`,
          ],
        ]
      : ["ps", ["-o", "command=", "-p", String(pid)]];
  const { stdout } = await run(program as string, args as string[]).catch(() => ({ stdout: "" }));
  return stdout;
}

async function isKept(pid: number): Promise<boolean> {
  const parent = await parentOf(pid);
  if (parent === null) return false;
  return (await commandOf(parent))?.includes("embedded-keeper") ?? false;
}

/** The process that started another one, or that adopted it; null if there is no such process. */
export async function parentOf(pid: number): Promise<number | null> {
  if (!isAlive(pid)) return null;
  if (existsSync("/proc/self/stat")) {
    const line = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // The name in brackets may hold anything; after it come the state and the parent.
    return Number(line.slice(line.lastIndexOf(")") + 2).split(" ")[1]) || null;
  }
  if (process.platform === "win32") return null;
  const { stdout } = await run("ps", ["-o", "ppid=", "-p", String(pid)]).catch(() => ({ stdout: "" }));
  return Number(stdout) || null;
}

/** A process that has ended but was not collected by its parent (in containers without an init) counts as gone. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2, line.lastIndexOf(")") + 3) !== "Z";
  } catch {
    return true;
  }
}

function signal(pid: number, name: "SIGINT" | "SIGQUIT"): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone meanwhile, which is what was wanted.
  }
}

async function untilGone(pid: number, withinMs: number): Promise<boolean> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; ) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return !isAlive(pid);
}
