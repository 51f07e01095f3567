// Holds one PostgreSQL server: started with orders over IPC, it restarts the server after a crash and stops it
// when the process that ordered it goes away. Plain JavaScript on purpose: it must start without any loader.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import path from "node:path";

const readyWithinMs = 60_000;
const pollMs = 25;
const restartDelayMs = 250;
/** Right after its death a killed server's children still hold its memory: starting it is tried this long. */
const takeoverMs = 15_000;
const fastStopMs = 20_000;

let server = null;
let stopping = false;
let started = false;

process.once("message", (orders) => void keep(orders));
process.on("disconnect", () => void stop());
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => void stop());

async function keep(orders) {
  for (let failures = 0; !stopping; ) {
    const { wasReady, ended } = await live(orders);
    if (stopping) return;
    failures = wasReady ? 0 : failures + 1;
    if (!started || failures === 5) return giveUp(`PostgreSQL did not start: ${lastWords(orders.log)}`);
    tell("notice", `the database server ended (${ended}) and is started again`);
    await pause(restartDelayMs);
  }
}

/** One life of the server: resolves at its end. */
async function live(orders) {
  const deadline = Date.now() + takeoverMs;
  for (;;) {
    const ended = launch(orders);
    const ready = await Promise.race([ended.then(() => false), becomesReady(orders)]);
    if (ready) {
      tell(started ? "notice" : "ready", "the database server is back");
      started = true;
      return { wasReady: true, ended: await ended };
    }
    const reason = await ended;
    const heldByTheDead = /shared memory block|lock file .* already exists/.test(readLog(orders.log));
    if (stopping || !heldByTheDead || Date.now() > deadline) return { wasReady: false, ended: reason };
    await pause(restartDelayMs);
  }
}

function launch(orders) {
  const log = openSync(orders.log, "w", 0o600);
  server = spawn(orders.server, orders.args, {
    cwd: orders.cwd,
    // A session of its own: signals of the terminal must not reach it before its clients are gone.
    detached: process.platform !== "win32",
    windowsHide: true,
    stdio: ["ignore", log, log],
    env: serverEnvironment(),
    ...(orders.uid === undefined ? {} : { uid: orders.uid, gid: orders.gid }),
  });
  closeSync(log);
  return new Promise((resolve) => {
    server.once("error", (error) => resolve(error.message));
    server.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

function serverEnvironment() {
  if (process.platform === "win32") return { ...process.env, LC_ALL: "C", TZ: "UTC" };
  return { PATH: process.env.PATH ?? "", LC_ALL: "C", TZ: "UTC" };
}

/** The server itself writes "ready" as the eighth line of postmaster.pid. */
async function becomesReady(orders) {
  const deadline = Date.now() + readyWithinMs;
  const child = server;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    const lines = readLog(path.join(orders.data, "postmaster.pid")).split("\n");
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === "ready") return true;
    await pause(pollMs);
  }
  return false;
}

async function stop() {
  if (stopping) return;
  stopping = true;
  if (server !== null && server.exitCode === null && server.signalCode === null && server.pid !== undefined) {
    const gone = new Promise((resolve) => server.once("exit", resolve));
    // SIGINT is PostgreSQL's fast shutdown: sessions end, everything is written. Windows has no such signal.
    server.kill(process.platform === "win32" ? "SIGKILL" : "SIGINT");
    const impatient = setTimeout(() => server.kill("SIGQUIT"), fastStopMs);
    await gone;
    clearTimeout(impatient);
  }
  process.exit(0);
}

function giveUp(text) {
  tell("failed", text);
  stopping = true;
  setTimeout(() => process.exit(1), 50);
}

function tell(kind, text) {
  if (process.connected) process.send({ kind, text }, () => undefined);
}

function lastWords(log) {
  const lines = readLog(log).trim().split("\n");
  const telling = lines.filter((line) => /FATAL|PANIC|ERROR|error/.test(line));
  return `${(telling.at(-1) ?? lines.at(-1) ?? "it said nothing").replace(/^.*?(FATAL|PANIC|ERROR): */, "")} (its log is ${log}).`;
}

function readLog(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
