// `npm run chaos [-- --seeds N] [--seed S] [--steps N] [--trail] [--months N [--services N]] [--processes [--seconds N]]
// [--demo DAYS]`:
// random portals with faults, each made from a seed; ends with the line `violations: N`. DATABASE_URL names a server to use, which may be
// spoiled; without it one is started that is gone afterwards.
import path from "node:path";
import { parseArgs } from "node:util";
import { killProcesses } from "@/e2e/chaos/kill-processes";
import { passSeededDays } from "@/lib/testing/demo-days/demo-days";
import { borrowTestServer, startTestServer, type TestServer } from "@/lib/testing/server";
import { simulateMonths } from "@/lib/testing/simulator/months/simulate-months";
import { operationNames, type Simulated, simulate } from "@/lib/testing/simulator/simulate";
import type { Violated } from "@/lib/testing/simulator/simulation";
import { Tally } from "@/lib/testing/simulator/tally";

const root = path.resolve(import.meta.dirname, "../..");

interface Wishes {
  /** The first seed; as many follow as are wished. */
  readonly seed: number;
  readonly seeds: number;
  readonly steps: number;
  /** Prints every line of the trail. */
  readonly trail: boolean;
  /** Kills real processes instead, for so many seconds a seed. */
  readonly processes: boolean;
  readonly seconds: number;
  /** A host over so many months instead, with so many services. */
  readonly months: number | null;
  readonly services: number;
  /** The demo world over so many days instead, once with money arriving and once without. */
  readonly demoDays: number | null;
}

/** So many portals live in this process at once: while one waits for the database, another goes on. */
const atOnce = 3;

class Total {
  readonly operations = new Tally();
  readonly faults = new Tally();
  violations = 0;
  steps = 0;

  add(one: { operations: Tally; faults: Tally; violations: readonly Violated[]; steps?: number }): void {
    this.steps += one.steps ?? 0;
    this.operations.addAll(one.operations);
    this.faults.addAll(one.faults);
    this.violations += one.violations.length;
  }
}

async function main(wishes: Wishes): Promise<number> {
  if (wishes.demoDays !== null) return passDemo(wishes.demoDays);
  const beganAt = performance.now();
  const total = wishes.processes ? await killThem(wishes) : await simulateAll(wishes);
  sayCounts("operations", total.operations);
  sayCounts("faults", total.faults);
  if (wishes.months === null && !wishes.processes) sayNeverReached(total.operations);
  const seconds = (performance.now() - beganAt) / 1_000;
  const { user, system } = process.cpuUsage();
  const speed = `${(total.steps / seconds).toFixed(0)} a second, ${((user + system) / 1_000 / total.steps).toFixed(1)} ms of Node's CPU each`;
  say(
    `\n${wishes.seeds} seeds in ${seconds.toFixed(1)} s${wishes.processes ? "" : `: ${total.steps} steps, ${speed}`}`,
  );
  say(`violations: ${total.violations}`);
  return total.violations;
}

async function simulateAll(wishes: Wishes): Promise<Total> {
  const { seed, seeds, trail } = wishes;
  const total = new Total();
  const server = await testServer();
  const left = Array.from({ length: seeds }, (_, at) => seed + at);
  const takeSeeds = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const one = await simulateOne(wishes, server.url, next);
      total.add(one);
      report(one, wishes);
    }
  };
  try {
    await Promise.all(Array.from({ length: trail ? 1 : atOnce }, takeSeeds));
    return total;
  } finally {
    await server.stop();
  }
}

/** The same worlds that `npm start` shows, taken on by the time machine with its jobs four times a day. */
async function passDemo(days: number): Promise<number> {
  const server = await testServer();
  try {
    let violations = 0;
    for (const moneyFromDay of [1, null]) {
      say(
        `\nThe demo world, ${days} days, ${moneyFromDay === null ? "no money arrives" : "with money arriving"}:`,
      );
      const options = { days, moneyFromDay, onDay: (line: string) => say(`  ${line}`) };
      const passed = await passSeededDays(server.url, 6, options);
      const { told, happened } = passed.compared;
      sayCounts("happened", passed.happened);
      sayCounts("paid by", passed.paid);
      say(`\n${told} mails were compared with the books, ${happened} things that happened with the mails`);
      for (const { at, rule, detail } of passed.violations) {
        say(`  ${at.toISOString()}: must hold: ${rule}\n    ${detail}`);
      }
      violations += passed.violations.length;
    }
    say(`violations: ${violations}`);
    return violations;
  } finally {
    await server.stop();
  }
}

function testServer(): Promise<TestServer> {
  const given = process.env.DATABASE_URL?.trim();
  if (given) say("On the server of DATABASE_URL, in databases of its own.");
  return given ? borrowTestServer(given) : startTestServer();
}

async function simulateOne(wishes: Wishes, serverUrl: string, seed: number): Promise<Simulated> {
  const { steps, months, services, trail } = wishes;
  const common = { serverUrl, seed, ...(trail ? { follow: say } : {}) };
  if (months === null) return simulate({ ...common, steps });
  const host = await simulateMonths({ ...common, services, days: months * 30 });
  say(`seed ${seed}: ${months * 30} days: ${host.told}`);
  return host;
}

function report(simulated: Simulated, { months, services }: Wishes): void {
  const { seed, steps, stepsMs, violations, trail, digest } = simulated;
  const verdict = violations.length === 0 ? "ok" : `${violations.length} VIOLATIONS`;
  const speed = Math.round((steps / stepsMs) * 1_000);
  say(`seed ${seed}: ${steps} steps, ${speed} a second, trail ${digest}, ${verdict}`);
  if (violations.length === 0) return;
  sayViolations(trail, violations);
  const size = months === null ? `--steps ${simulated.wished}` : `--months ${months} --services ${services}`;
  say(`  replayed by: npm run chaos -- --seed ${seed} --seeds 1 ${size}`);
  if (steps === simulated.wished) say("  What came after the last step is not replayed exactly.");
}

async function killThem({ seed, seeds, seconds }: Wishes): Promise<Total> {
  const total = new Total();
  for (let next = seed; next < seed + seeds; next += 1) {
    const one = await killProcesses({ root, seed: next, seconds });
    total.add(one);
    const verdict = one.violations.length === 0 ? "ok" : `${one.violations.length} VIOLATIONS`;
    say(`seed ${next}: ${seconds} s, ${one.operations.total()} operations, ${verdict}`);
    if (one.violations.length === 0) continue;
    sayViolations(one.trail, one.violations);
    say(`  the logs are in ${one.logDir}`);
  }
  return total;
}

function sayViolations(trail: readonly string[], violations: readonly Violated[]): void {
  for (const line of trail) say(`    ${line}`);
  for (const { step, rule, detail } of violations) say(`  step ${step}: must hold: ${rule}\n    ${detail}`);
}

function sayCounts(what: string, tally: Tally): void {
  say(`\n${what}: ${tally.total()}`);
  for (const [kind, times] of Object.entries(tally.counts())) say(`  ${String(times).padStart(6)}  ${kind}`);
}

function sayNeverReached(reached: Tally): void {
  const names = operationNames.filter((name) => !(name in reached.counts()));
  say(`\nnever reached: ${names.length === 0 ? "none" : names.join(", ")}`);
}

function parse(args: readonly string[]): Wishes {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      seeds: { type: "string" },
      steps: { type: "string", default: "400" },
      seconds: { type: "string", default: "60" },
      trail: { type: "boolean", default: false },
      processes: { type: "boolean", default: false },
      months: { type: "string" },
      services: { type: "string", default: "300" },
      demo: { type: "string" },
    },
  });
  // Who names a seed wants that one.
  const one = args.includes("--seed") || values.processes || values.months !== undefined;
  return {
    seed: whole("--seed", values.seed),
    seeds: whole("--seeds", values.seeds ?? (one ? "1" : "5")),
    steps: whole("--steps", values.steps),
    seconds: whole("--seconds", values.seconds),
    trail: values.trail,
    processes: values.processes,
    months: values.months === undefined ? null : whole("--months", values.months),
    services: whole("--services", values.services),
    demoDays: values.demo === undefined ? null : whole("--demo", values.demo),
  };
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is a whole number from 1 on.`);
  return value;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = (await main(parse(process.argv.slice(2)))) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${(error as Error).stack ?? error}\n`);
  process.exitCode = 1;
}
