// `npm run mutate [-- [--database] [--concurrency N] PATH…]`: changes one condition after another in lib/ledger, lib/billing and
// lib/auth, and names each change that no test noticed. Not part of CI: a change costs a run of the tests that reach it.
import path from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { chooseModules, mutatedRooms } from "./mutate/choose-modules";
import { handOn } from "./mutate/chosen-tests";
import { SetupFault } from "./setup/setup-fault";

const root = path.resolve(import.meta.dirname, "../..");

type Results = Awaited<ReturnType<Stryker["runMutationTest"]>>;

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { database: { type: "boolean", default: false }, concurrency: { type: "string", default: "2" } },
  });
  if (values.database && positionals.length === 0) {
    throw new SetupFault(
      "--database wants a path: 'npm run mutate -- --database lib/billing/refund/settle-refund.ts'.",
    );
  }
  process.chdir(root);
  const { modules, tests } = chooseModules(root, positionals, values.database);
  handOn(tests);
  const stryker = new Stryker({ mutate: [...modules], concurrency: Number(values.concurrency) });
  for (const line of scores(await stryker.runMutationTest())) process.stdout.write(`${line}\n`);
}

/** What is not reached by any test is not counted with the survivors: a module's other half may need the database. */
function scores(results: Results): string[] {
  return mutatedRooms.flatMap((room) => {
    const own = results.filter(({ fileName }) => fileName.includes(`${room}/`));
    const count = (...states: string[]) => own.filter(({ status }) => states.includes(status)).length;
    const killed = count("Killed", "Timeout");
    const reached = killed + count("Survived");
    return own.length === 0
      ? []
      : [
          `${room}: ${killed} of ${reached} changes noticed; ${count("NoCoverage")} that these tests do not reach`,
        ];
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`\n${error instanceof SetupFault ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
