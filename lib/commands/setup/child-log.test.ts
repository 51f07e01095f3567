import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLog } from "./child";

const dir = mkdtempSync(path.join(tmpdir(), "mallard-log-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("a log outlives a start, and a long one is put aside, with three before it", () => {
  const file = path.join(dir, "web.log");
  const write = (line: string) => {
    const fd = openLog(file);
    appendFileSync(fd, line);
    closeSync(fd);
  };
  write("one\n");
  write("two\n");
  expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
  for (const round of ["a", "b", "c", "d"]) {
    truncateSync(file, 20_000_001);
    write(`${round}\n`);
    expect(readFileSync(file, "utf8")).toBe(`${round}\n`);
  }
  expect([1, 2, 3, 4].map((older) => existsSync(`${file}.${older}`))).toEqual([true, true, true, false]);
});
