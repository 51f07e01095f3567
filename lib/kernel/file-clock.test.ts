import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

  test.each([-1, 0.5, Number.NaN])("does not move by %d", (ms) => {
    expect(() => advanceFileClock(file, ms)).toThrow(RangeError);
  });

  test.each(["", "soon", "-5"])("does not take %j for an offset", (text) => {
    writeFileSync(file, text);
    expect(() => fileClock(file).now()).toThrow("holds no offset");
  });
});
