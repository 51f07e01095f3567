// `npm run chaos [-- --seeds N] [--seed S] [--steps N] [--trail]`: random portals with faults; ends with `violations: N`.
import { startTestServer } from "@/lib/testing/server";
import { type Simulated, simulate } from "@/lib/testing/simulator/simulate";
import { Tally } from "@/lib/testing/simulator/tally";

interface Flags {
  /** The first seed. */
  seed: number;
  seeds: number;
  steps: number;
  /** Prints every line of the trail. */
  trail: boolean;
}

const defaults: Flags = { seed: 1, seeds: 5, steps: 400, trail: false };

async function main(flags: Flags): Promise<number> {
  const server = await startTestServer();
  const operations = new Tally();
  const faults = new Tally();
  let violations = 0;
  try {
    for (let seed = flags.seed; seed < flags.seed + flags.seeds; seed += 1) {
      const follow = flags.trail ? { follow: say } : {};
      const simulated = await simulate({ serverUrl: server.url, seed, steps: flags.steps, ...follow });
      operations.addAll(simulated.operations);
      faults.addAll(simulated.faults);
      violations += simulated.violations.length;
      report(simulated, flags);
    }
  } finally {
    await server.stop();
  }
  sayCounts("operations", operations);
  sayCounts("faults", faults);
  say(`violations: ${violations}`);
  return violations;
}

function report({ seed, steps, stepsMs, violations, trail, digest }: Simulated, flags: Flags): void {
  const speed = Math.round((steps / stepsMs) * 1000);
  const verdict = violations.length === 0 ? "ok" : `${violations.length} VIOLATIONS`;
  say(`seed ${seed}: ${steps} steps, ${speed} a second, trail ${digest}, ${verdict}`);
  if (violations.length === 0) return;
  for (const line of trail) say(`    ${line}`);
  for (const { step, rule, detail } of violations) say(`  step ${step}: must hold: ${rule}\n    ${detail}`);
  say(`  replayed by: npm run chaos -- --seed ${seed} --seeds 1 --steps ${flags.steps}`);
}

function sayCounts(what: string, tally: Tally): void {
  say(`\n${what}: ${tally.total()}`);
  for (const [kind, times] of Object.entries(tally.counts())) say(`  ${String(times).padStart(6)}  ${kind}`);
}

function parse(args: readonly string[]): Flags {
  const flags = { ...defaults };
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at];
    if (name === "--trail") flags.trail = true;
    else if (name === "--seed" || name === "--seeds" || name === "--steps") {
      at += 1;
      const value = Number(args[at]);
      if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} needs a whole number above 0.`);
      flags[name.slice(2) as "seed" | "seeds" | "steps"] = value;
      if (name === "--seed" && !args.includes("--seeds")) flags.seeds = 1;
    } else throw new Error(`${name} is not known here: --seeds N, --seed S, --steps N, --trail.`);
  }
  return flags;
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
