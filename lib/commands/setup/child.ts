import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { SetupFault } from "./setup-fault";

export interface ChildSpec {
  readonly name: string;
  /** What follows `node`. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logDir: string;
  /** Which of its lines are shown once it is ready; all of them go to its log. */
  readonly show: "all" | "errors";
  readonly say: (line: string) => void;
}

export interface SupervisedSpec extends ChildSpec {
  /** Asked every now and then until it is true; without it the process says so itself, by the message "ready". */
  readonly isReady: (() => Promise<boolean>) | null;
  /** Ends the waiting, and the process. */
  readonly signal: AbortSignal;
}

export interface Supervised {
  readonly name: string;
  /** Of the process as it is now: another one after a crash. */
  pid(): number | undefined;
  /** Resolves once the process and what it started are gone. */
  stop(): Promise<void>;
}

const followParent = new URL("./follow-parent.mjs", import.meta.url).href;
const readyWithinMs = 120_000;
const pollMs = 50;
const patienceMs = 10_000;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;
const healthyAfterMs = 60_000;

/**
 * Starts a process, waits until it is ready, and starts it again when it crashes, each time a little later.
 * Throws a SetupFault with its last words if it ends before it was ever ready.
 */
export async function supervise(spec: SupervisedSpec): Promise<Supervised> {
  let child = spawnChild(spec);
  let stopping = false;
  let backoffMs = firstBackoffMs;
  let restart: NodeJS.Timeout | undefined;

  const watch = (startedAt: number) => {
    child.process.once("exit", (code, signal) => {
      if (stopping) return;
      endTree(child.process);
      if (Date.now() - startedAt > healthyAfterMs) backoffMs = firstBackoffMs;
      spec.say(`[${spec.name}] ended (${signal ?? `exit code ${code}`}); it is started again`);
      restart = setTimeout(() => {
        child = spawnChild(spec, "later");
        watch(Date.now());
      }, backoffMs);
      backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
    });
  };

  await becomesReady(spec, child);
  child.showFromNow();
  watch(Date.now());
  return {
    name: spec.name,
    pid: () => child.process.pid,
    stop: async () => {
      stopping = true;
      clearTimeout(restart);
      await endChild(child.process);
    },
  };
}

/** Runs a process to its end; throws a SetupFault with its last words if it fails, the reason if it is aborted. */
export async function runToEnd(spec: ChildSpec, signal: AbortSignal): Promise<void> {
  const child = spawnChild(spec);
  const stop = () => void endChild(child.process);
  signal.addEventListener("abort", stop, { once: true });
  const code = await new Promise<number | string | null>((resolve) => {
    child.process.once("exit", (exit, killedBy) => resolve(exit ?? killedBy));
  });
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  if (code !== 0) throw failure(spec, child.lastWords(), code);
}

interface Child {
  readonly process: ChildProcess;
  lastWords(): string;
  saidReady(): boolean;
  /** Until then its lines only go to its log: a start that fails says them once, at its end. */
  showFromNow(): void;
}

/** Longer logs are put aside at a start, the one before as well: who got in is still to be seen after a restart. */
const logBytesMost = 20_000_000;
const logsKept = 3;

/** Appends: what a log says of who got in must outlive a restart. */
export function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > logBytesMost) {
    for (let older = logsKept - 1; older >= 1; older -= 1) {
      if (existsSync(`${file}.${older}`)) renameSync(`${file}.${older}`, `${file}.${older + 1}`);
    }
    renameSync(file, `${file}.1`);
  }
  return openSync(file, "a", 0o600);
}

function spawnChild(spec: ChildSpec, life: "first" | "later" = "first"): Child {
  mkdirSync(spec.logDir, { recursive: true, mode: 0o700 });
  const file = path.join(spec.logDir, `${spec.name}.log`);
  const log = createWriteStream(file, { fd: openLog(file) });
  // A full disk must not end the portal because of its logs.
  log.on("error", () => undefined);
  const started = spawn(process.execPath, ["--import", followParent, ...spec.args], {
    cwd: spec.cwd,
    env: { ...spec.env, FOLLOWS_PROCESS: String(process.pid) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // A group of its own: the terminal's Ctrl-C comes to us alone, and we end the others in order.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const recent: string[] = [];
  let ready = false;
  started.on("message", (message) => {
    ready ||= message === "ready";
  });
  const shows = { now: life === "later" };
  const read = (stream: "stdout" | "stderr", shown: boolean) => {
    const input = started[stream];
    if (input === null) return;
    createInterface({ input }).on("line", (line) => {
      log.write(`${line}\n`);
      recent.push(line);
      if (recent.length > 30) recent.shift();
      if (shown && shows.now) spec.say(`[${spec.name}] ${line}`);
    });
  };
  read("stdout", spec.show === "all");
  read("stderr", true);
  started.once("error", (error) => recent.push(error.message));
  started.once("close", () => log.end());
  const showFromNow = () => {
    shows.now = true;
  };
  return {
    process: started,
    lastWords: () => recent.join("\n"),
    saidReady: () => ready,
    showFromNow,
  };
}

async function becomesReady(spec: SupervisedSpec, child: Child): Promise<void> {
  for (const deadline = Date.now() + readyWithinMs; Date.now() < deadline; ) {
    if (hasEnded(child.process)) {
      throw failure(spec, child.lastWords(), child.process.exitCode ?? child.process.signalCode);
    }
    if (spec.signal.aborted) {
      await endChild(child.process);
      spec.signal.throwIfAborted();
    }
    if (spec.isReady ? await spec.isReady() : child.saidReady()) return;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  await endChild(child.process);
  throw new SetupFault(
    `The ${spec.name} did not answer within ${readyWithinMs / 1000} s: see its log ${path.join(spec.logDir, `${spec.name}.log`)}.`,
  );
}

function failure(spec: ChildSpec, words: string, code: number | string | null): SetupFault {
  const log = path.join(spec.logDir, `${spec.name}.log`);
  return new SetupFault(
    `${words}\n\nThe ${spec.name} ended at once (${code}): the reason is above and in ${log}.`,
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Asks it to end (hanging up works on Windows too, where there are no signals), then ends it by force. */
async function endChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return endTree(child);
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  if (child.connected) child.disconnect();
  else child.kill("SIGTERM");
  const impatient = setTimeout(() => endTree(child), patienceMs);
  await gone;
  clearTimeout(impatient);
  endTree(child);
}

/** What the process started and left behind; also the process itself, if it is still there. */
function endTree(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore", windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nobody left in its group.
  }
}
