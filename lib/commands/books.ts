// `npm run books [-- --full]`: checks every invariant of the ledger, a line each, and ends with 1 if one is broken.
import path from "node:path";
import { openDatabase } from "@/db/client";
import { EmbeddedError } from "@/db/embedded-error";
import { sqlState } from "@/db/transaction";
import { systemClock } from "@/lib/kernel/clock";
import { type CheckedBooks, type CheckedInvariant, checkBooks, type Violation } from "@/lib/ledger/books";
import { keepChecks } from "@/lib/ledger/books/keep-checks";
import { reachDatabase } from "./setup/database";
import { ownDatabases } from "./setup/own-databases";
import { SetupFault } from "./setup/setup-fault";

const root = path.resolve(import.meta.dirname, "../..");

/** So many offending rows of an invariant are printed. */
const printedMost = 20;

async function main(flags: readonly string[]): Promise<boolean> {
  const unknown = flags.find((flag) => flag !== "--full");
  if (unknown !== undefined) {
    throw new SetupFault(`${unknown} is not known here: 'npm run books' or 'npm run books -- --full'.`);
  }
  const { urls, stop } = await databases(process.env.DATABASE_URL?.trim());
  try {
    const balanced: boolean[] = [];
    for (const url of urls) balanced.push(await report(url, flags.includes("--full")));
    return balanced.every(Boolean);
  } finally {
    await stop();
  }
}

async function databases(given: string | undefined) {
  if (!given) return ownDatabases(path.join(root, ".mallard"));
  await reachDatabase(given);
  return { urls: [given], stop: async () => undefined };
}

async function report(url: string, full: boolean): Promise<boolean> {
  const database = openDatabase({ url, role: "mallard_jobs", max: 1, applicationName: "mallard books" });
  try {
    const startedAt = performance.now();
    const now = systemClock.now();
    const books = await checkBooks(database, { full, now });
    await keepChecks(database, books, { isFull: full, now });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const from = full ? "from the first transfer on" : "since the last check";
    say(`The books of ${new URL(url).pathname.slice(1)}, ${from}:`);
    for (const invariant of books.invariants) sayInvariant(invariant);
    say(`${verdict(books)} (${seconds} s)\n`);
    return books.ok;
  } catch (error) {
    if (!unprepared.has(sqlState(error) ?? "")) throw error;
    throw new SetupFault(
      "The database has not been prepared for this version of Mallard: run 'npm start' with it once.",
    );
  } finally {
    await database.close();
  }
}

/** No such table or column, no such role, and no leave to take it. */
const unprepared = new Set(["42P01", "42703", "22023", "42704", "42501"]);

function sayInvariant({ name, checked, noun, violations, isCut }: CheckedInvariant): void {
  const result = violations.length === 0 ? "ok" : `${violations.length}${isCut ? "+" : ""} BROKEN`;
  say(`  ${name.padEnd(62)}${checked.toLocaleString("en").padStart(11)} ${noun.padEnd(38)} ${result}`);
  let rule = "";
  for (const violation of violations.slice(0, printedMost)) {
    if (violation.rule !== rule) say(`      must hold: ${violation.rule}`);
    rule = violation.rule;
    say(`        ${facts(violation)}`);
  }
  const unprinted = violations.length - printedMost;
  if (unprinted > 0) say(`      … and ${unprinted}${isCut ? " or more" : ""} others`);
}

function facts({ customerId, subject, subjectId, detail }: Violation): string {
  const whose = customerId ? ` of customer ${customerId}` : "";
  const known = Object.entries(detail).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return `${subject} ${subjectId}${whose}: ${known.join(" ")}`;
}

function verdict({ ok, invariants }: CheckedBooks): string {
  if (ok) return "The books balance.";
  const broken = invariants.filter(({ violations }) => violations.length > 0).length;
  return `The books do not balance: ${broken} of ${invariants.length} invariants are broken.`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  const isExpected = error instanceof SetupFault || error instanceof EmbeddedError;
  process.stderr.write(`${isExpected ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exitCode = 1;
}
