import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { writeConsoleAsLines, writeLog } from "./log";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** What runs beside the portal, or talks to who started it in a terminal. */
const beside = /^lib\/(sandbox|commands|testing)\//;

test("nothing of the portal prints but the one writer, so that every line has its time", () => {
  const sources = ["app", "components", "db", "lib"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .map((name) => `${folder}/${String(name)}`)
      .filter((file) => /(?<!\.test)\.(tsx?|mjs)$/.test(file) && !beside.test(file)),
  );
  expect([...sources, "lib/commands/worker.ts"].filter(prints)).toEqual(["lib/kernel/log.ts"]);
});

function prints(file: string): boolean {
  return /\bconsole\b\s*[.[]/.test(readFileSync(path.join(root, file), "utf8"));
}

test("a line is JSON with its level, its time and its event", () => {
  const written = vi.spyOn(console, "warn").mockImplementation(() => {});
  writeLog("warn", "books_do_not_balance", { broken: ["zero"] });
  const line = JSON.parse(String(written.mock.lastCall?.[0]));
  written.mockRestore();
  expect(line).toEqual({
    level: "warn",
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    event: "books_do_not_balance",
    broken: ["zero"],
  });
});

test("what libraries print becomes such a line, and ours stay as they are", () => {
  const lines: unknown[] = [];
  const print = (...given: unknown[]) => void lines.push(...given);
  const target = { log: print, info: print, warn: print, error: print };
  writeConsoleAsLines(target);
  writeConsoleAsLines(target);
  const ours = JSON.stringify({ level: "info", at: "now", event: "job_done" });
  target.info(ours);
  target.error("\u001b[31m⨯\u001b[39m", new TypeError("no such thing\nhere"));
  target.error(new Error("digest"), { digest: "7" });
  target.log("ready in %d ms", 7);
  target.log("");
  target.error("\u001b[31m⨯\u001b[39m", Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
  expect(lines[0]).toBe(ours);
  const read = lines.slice(1).map((line) => JSON.parse(String(line)));
  expect(read).toMatchObject([
    { level: "error", event: "printed", message: "⨯ no such thing\nhere", name: "TypeError" },
    { level: "error", event: "printed", message: "digest { digest: '7' }" },
    { level: "info", event: "printed", message: "ready in 7 ms" },
    { level: "info", event: "connection_cut" },
  ]);
  expect(read[3].stack).toBeUndefined();
  for (const line of read) expect(line.at).toMatch(/Z$/);
});
