// `npm test`: installs what is missing, then every check in order; ends with the line `N passed, N failed`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ensureBrowser } from "./setup/browser.mjs";
import { ensureInstalled } from "./setup/install.mjs";
import { refuseOldNode } from "./setup/preconditions.mjs";
import { root, SetupFault, say, stopOn } from "./setup/terminal.mjs";
import { countOne, countPlaywright, countVitest, runStep } from "./setup/test-steps.mjs";

const program = (...parts) => path.join(root, "node_modules", ...parts);
const vitest = (project) => (report) =>
  [
    [program("vitest", "vitest.mjs"), "run", "--project", project],
    ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
  ].flat();

/** In the order of their cost. A step whose file is missing is skipped; one that fails does not stop the others. */
const steps = [
  {
    name: "format and lint",
    // The check alone; `npm run format` mends what can be mended.
    args: () => [program("@biomejs", "biome", "bin", "biome"), "check", "."],
    count: countOne,
  },
  {
    name: "routes",
    // Next writes the types of its routes, which the next step needs in a fresh clone.
    args: () => [program("next", "dist", "bin", "next"), "typegen"],
    count: countOne,
  },
  { name: "types", args: () => [program("typescript", "bin", "tsc"), "--noEmit"], count: countOne },
  { name: "house rules", args: () => ["lib/commands/house.mjs"], count: countOne },
  { name: "unit and property tests", args: vitest("unit"), count: countVitest },
  { name: "database tests", args: vitest("database"), count: countVitest },
  {
    name: "chaos, 5 seeds",
    needs: "lib/commands/chaos.ts",
    args: () => ["--import", "tsx", "lib/commands/chaos.ts", "--seeds", "5"],
    count: countOne,
  },
  {
    name: "browser tests",
    needs: "e2e/specs",
    prepare: ensureBrowser,
    args: () => [program("@playwright", "test", "cli.js"), "test", "--reporter=list,json"],
    env: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: report }),
    count: countPlaywright,
  },
];

await stopOn(SetupFault, async () => {
  refuseOldNode();
  await ensureInstalled();
  const reports = mkdtempSync(path.join(tmpdir(), "mallard-reports-"));
  const total = { passed: 0, failed: 0 };
  const lines = [];
  try {
    for (const [index, step] of steps.entries()) {
      const result = await runStep(step, path.join(reports, `${index}.json`));
      if (result === null) continue;
      total.passed += result.passed;
      total.failed += result.failed;
      lines.push(...result.lines);
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  say(`\n${lines.join("\n")}\n`);
  say(`${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
});
