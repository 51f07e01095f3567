import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { root, SetupFault, say } from "./terminal.mjs";

/** A step that hangs must not hold everything for ever. */
const longestStepMs = 40 * 60_000;

/**
 * Runs one step with its output on the screen.
 * Returns null if what it needs is not there, else its counts and a line for the summary.
 */
export async function runStep(step, report) {
  if (step.needs !== undefined && !existsSync(path.join(root, step.needs))) return null;
  say(`\n── ${step.name}`);
  const startedAt = Date.now();
  const { passed, failed, reason, names = [] } = await attempt(step, report);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1).padStart(6);
  const verdict = failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} FAILED`;
  if (reason !== undefined) say(reason);
  const line = `${seconds} s  ${step.name}: ${verdict}${reason ? ` (${reason})` : ""}`;
  return { passed, failed, lines: [line, ...names.map((name) => `            ${name}`)] };
}

async function attempt(step, report) {
  try {
    await step.prepare?.();
  } catch (error) {
    if (!(error instanceof SetupFault)) throw error;
    return { passed: 0, failed: 1, reason: error.message };
  }
  const code = await run(step.args(report), step.env?.(report) ?? {});
  return step.count(code, report);
}

function run(args, env) {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env, NEXT_TELEMETRY_DISABLED: "1" },
    windowsHide: true,
  });
  const forward = (signal) => child.kill(signal);
  process.on("SIGTERM", forward);
  // The terminal's Ctrl-C reaches the child as well; we wait for it and then end ourselves.
  const interrupted = () => setTimeout(() => process.exit(130), 5_000).unref();
  process.on("SIGINT", interrupted);
  const limit = setTimeout(() => child.kill("SIGKILL"), longestStepMs);
  return new Promise((resolve) => {
    child.once("error", () => resolve(1));
    child.once("exit", (code, signal) => {
      clearTimeout(limit);
      process.off("SIGTERM", forward);
      process.off("SIGINT", interrupted);
      if (signal === "SIGINT" || signal === "SIGTERM" || code === 130) process.exit(130);
      resolve(code ?? 1);
    });
  });
}

/** A check that is whole or broken counts as one. */
export function countOne(code) {
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** A file that cannot be loaded has no test in it that fails: then the exit code counts as one. */
export function countVitest(code, report) {
  const result = readReport(report);
  if (result === null) return countOne(code === 0 ? 1 : code);
  const failed = result.numFailedTests;
  const names = result.testResults.flatMap(({ name, status, assertionResults }) => {
    const file = path.relative(root, name);
    const tests = assertionResults.filter((each) => each.status === "failed");
    if (tests.length === 0) return status === "failed" ? [failure(file, "could not be run")] : [];
    return tests.map(({ fullName, failureMessages }) => failure(`${file} › ${fullName}`, failureMessages[0]));
  });
  return { passed: result.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed, names };
}

/** Whoever sees the end of the output alone can tell what failed. */
function failure(name, message = "") {
  const first = stripVTControlCharacters(message).split("\n")[0];
  return `✘ ${name}: ${first.length > 160 ? `${first.slice(0, 160)}…` : first}`;
}

export function countPlaywright(code, report) {
  const result = readReport(report);
  if (result?.stats === undefined) return countOne(code === 0 ? 1 : code);
  const { stats, suites } = result;
  const failed = stats.unexpected + stats.flaky;
  const names = specsOf(suites)
    .flatMap(({ file, line, title, tests }) =>
      tests.map((each) => ({ ...each, title: `${file}:${line} › ${title}` })),
    )
    .filter(({ status }) => status === "unexpected" || status === "flaky")
    .map(({ projectName, title, results }) =>
      failure(`[${projectName}] ${title}`, results.find(({ error }) => error)?.error.message),
    );
  return { passed: stats.expected, failed: code !== 0 && failed === 0 ? 1 : failed, names };
}

function specsOf(suites = []) {
  return suites.flatMap((suite) => [...(suite.specs ?? []), ...specsOf(suite.suites)]);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
