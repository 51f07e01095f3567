import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { countPlaywright, countVitest } from "./test-steps.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** A report as the program would have left it. */
function left(report: object): string {
  const folder = mkdtempSync(path.join(tmpdir(), "mallard-steps-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "report.json");
  writeFileSync(file, JSON.stringify(report));
  return file;
}

test("what failed is named, with the first line of why: the end of the output is all that some see", () => {
  const report = left({
    numPassedTests: 4,
    numFailedTests: 1,
    testResults: [
      {
        name: path.join(root, "lib/a.test.ts"),
        status: "failed",
        assertionResults: [
          { status: "passed", fullName: "adds", failureMessages: [] },
          {
            status: "failed",
            fullName: "takes away",
            failureMessages: ["Error: \u001b[31m1 is not 2\u001b[39m\n  at x"],
          },
        ],
      },
      { name: path.join(root, "lib/b.test.ts"), status: "failed", assertionResults: [] },
    ],
  });
  expect(countVitest(1, report)).toEqual({
    passed: 4,
    failed: 1,
    names: ["✘ lib/a.test.ts › takes away: Error: 1 is not 2", "✘ lib/b.test.ts: could not be run"],
  });
});

test("a browser test that passed at the second attempt failed", () => {
  const tests = [
    { projectName: "phone", status: "flaky", results: [{ error: { message: "Error: not there" } }, {}] },
    { projectName: "desktop", status: "expected", results: [{}] },
  ];
  const spec = { file: "pay.spec.ts", line: 8, title: "pays", tests };
  const report = left({
    stats: { expected: 1, unexpected: 0, flaky: 1 },
    suites: [{ suites: [{ specs: [spec] }] }],
  });
  expect(countPlaywright(1, report)).toEqual({
    passed: 1,
    failed: 1,
    names: ["✘ [phone] pay.spec.ts:8 › pays: Error: not there"],
  });
});

test("a program that left no report counts as one that failed, even if it ended well", () => {
  expect(countVitest(0, "/nowhere")).toEqual({ passed: 0, failed: 1 });
  expect(countPlaywright(0, "/nowhere")).toEqual({ passed: 0, failed: 1 });
});
