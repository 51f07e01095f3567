import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { advanceFileClock, fileClock } from "./file-clock";

let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "file-clock-"));
  file = path.join(dir, "clock");
});
afterEach(() => rmSync(dir, { recursive: true }));

describe("the clock of the demo", () => {
  const day = 86_400_000;
  const ahead = () => fileClock(file).now().getTime() - Date.now();

  test("is the system's own without a file", () => {
    expect(Math.abs(ahead())).toBeLessThan(day / 24);
  });

  test("moves on, for every reader of the file, by all that it was moved", () => {
    const reader = fileClock(file);
    expect(advanceFileClock(file, day)).toBe(day);
    expect(advanceFileClock(file, 2 * day)).toBe(3 * day);
    expect(Math.round((reader.now().getTime() - Date.now()) / day)).toBe(3);
  });

  test("is never read half written: the number comes into place as a whole", () => {
    advanceFileClock(file, day);
    const before = openSync(file, "r");
    advanceFileClock(file, day);
    // Whoever had the file open still reads all of the old number; the new one is another file.
    expect(readFileSync(before, "utf8")).toBe(String(day));
    closeSync(before);
    expect(readFileSync(file, "utf8")).toBe(String(2 * day));
    expect(readdirSync(dir)).toEqual(["clock"]);
  });

  test.each([-1, 0.5, Number.NaN])("does not move by %d", (ms) => {
    expect(() => advanceFileClock(file, ms)).toThrow(RangeError);
  });

  test.each(["", "soon", "-5"])("does not take %j for an offset", (text) => {
    writeFileSync(file, text);
    expect(() => fileClock(file).now()).toThrow("holds no offset");
  });
});
