import { format } from "node:util";

export type LogLevel = "info" | "warn" | "error";

/**
 * Writes one line of the log: JSON, with its time. Nothing else of ours writes to the console; log.test.ts holds the
 * sources to that. Never hand it secrets, nor what somebody typed.
 */
export function writeLog(level: LogLevel, event: string, fields: Record<string, unknown> = {}): void {
  console[level](logLine(level, event, fields));
}

/** The machine's own time, since a demo's clock is somewhere else. */
function logLine(level: LogLevel, event: string, fields: Record<string, unknown>): string {
  return JSON.stringify({ level, at: new Date().toISOString(), event, ...fields });
}

const levels = { log: "info", info: "info", warn: "warn", error: "error" } as const;
const rewritten = Symbol.for("mallard.console-lines");

type Console = Record<keyof typeof levels, (...given: unknown[]) => void> & { [rewritten]?: boolean };

/**
 * What libraries print in many lines becomes one line of ours. Called once when a process starts, and not in
 * development, where people read along.
 */
export function writeConsoleAsLines(target: Console = console as Console): void {
  if (target[rewritten]) return;
  target[rewritten] = true;
  for (const method of Object.keys(levels) as (keyof typeof levels)[]) {
    const print = target[method].bind(target);
    target[method] = (...given) => {
      const line = lineOf(levels[method], given);
      if (line !== null) print(line);
    };
  }
}

/** Null for an empty line. */
function lineOf(level: LogLevel, given: readonly unknown[]): string | null {
  const [first] = given;
  if (given.length === 1 && typeof first === "string" && isLine(first)) return first;
  const error = given.find((one) => one instanceof Error);
  // Somebody closed the browser while something was still on its way: no fault, and no stack that helps.
  if (error && isCut(error)) return logLine("info", "connection_cut", {});
  const message = plain(format(...given.map((one) => (one instanceof Error ? one.message : one))));
  if (message === "") return null;
  const stack = error ? { name: error.name, stack: plain(error.stack ?? "") } : {};
  return logLine(level, "printed", { message, ...stack });
}

function isLine(text: string): boolean {
  return text.startsWith('{"level":"') && text.endsWith("}");
}

function isCut(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return code === "ECONNRESET" && error.message === "aborted";
}

/** Without the colors of a terminal. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  return text.replace(/\u001b\[[0-9;]*m/g, "").trim();
}
