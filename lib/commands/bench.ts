import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { EmbeddedError } from "@/db/embedded-error";
import { books } from "@/e2e/bench/check-books";
import { isMet, type Line, type Part } from "@/e2e/bench/part";
import { pay } from "@/e2e/bench/pay";
import { renew } from "@/e2e/bench/renew";
import { startBenchServer } from "@/e2e/bench/server";
import { spread } from "@/e2e/bench/spread";
import { tableOf } from "@/e2e/bench/table";
import { topup } from "@/e2e/bench/topup";

// `npm run bench [-- part ...] [--rounds 3] [--seconds 2] [--services 1000000]`: speed as a ratio to a limit measured in the same run.
// A table on the screen, JSON beside it in bench-results/. Exits with 1 when a goal is missed.

const parts: Record<string, Part> = { pay, spread, topup, renew, books };

const root = fileURLToPath(new URL("../..", import.meta.url));

async function main(): Promise<void> {
  const { names, rounds, seconds, services } = wishes();
  const server = await startBenchServer();
  const interrupted = () => {
    process.exitCode = 130;
    void server.stop().finally(() => process.exit());
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    say(
      `PostgreSQL ${server.version}, Node ${process.version}, ${availableParallelism()} cores; ${rounds} rounds of ${seconds} s, median (min to max)`,
    );
    for (const name of names) {
      const part = parts[name] as Part;
      say(`\n${part.title}\n  ${part.about}\n`);
      const lines = await part.run(server, {
        rounds,
        seconds,
        ...(services ? { services } : {}),
        say: (line) => process.stderr.write(`${line}\n`),
      });
      say(tableOf(lines));
      if (!lines.every((line) => line.goals.every((goal) => isMet(line, goal)))) process.exitCode = 1;
      say(`  ${path.relative(root, await keep(name, { rounds, seconds, postgres: server.version }, lines))}`);
    }
  } finally {
    await server.stop();
  }
}

function wishes(): { names: string[]; rounds: number; seconds: number; services: number } {
  const { values, positionals } = parsedArguments();
  const unknown = positionals.find((name) => !(name in parts));
  if (unknown !== undefined)
    throw new BenchFault(`There is no part ${unknown}: ${Object.keys(parts).join(", ")}.`);
  const rounds = Number(values.rounds);
  const seconds = Number(values.seconds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new BenchFault("--rounds is a whole number from 1 on.");
  if (!(seconds > 0)) throw new BenchFault("--seconds is a number above 0.");
  const services = Number(values.services);
  if (!Number.isInteger(services) || services < 0 || services % 2 > 0)
    throw new BenchFault("--services is an even number: each customer of the bench has two.");
  return { names: positionals.length > 0 ? positionals : Object.keys(parts), rounds, seconds, services };
}

function parsedArguments() {
  const options = {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "2" },
    services: { type: "string", default: "0" },
  } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch (error) {
    throw new BenchFault((error as Error).message);
  }
}

async function keep(name: string, about: object, lines: readonly Line[]): Promise<string> {
  const dir = path.join(root, "bench-results");
  await mkdir(dir, { recursive: true });
  const at = new Date().toISOString();
  const file = path.join(dir, `${name}-${at.replaceAll(/[:.]/g, "-")}.json`);
  const machine = { node: process.version, cores: availableParallelism(), cpu: cpus()[0]?.model ?? null };
  const result = { part: name, at, commit: commit(), ...about, ...machine, lines };
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

function commit(): string | null {
  try {
    return execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What a person can mend: its message is one sentence, and all that is shown. */
class BenchFault extends Error {}

main().catch((error) => {
  const isExpected = error instanceof BenchFault || error instanceof EmbeddedError;
  process.stderr.write(`${isExpected ? error.message : (error?.stack ?? error)}\n`);
  process.exitCode = 1;
});
