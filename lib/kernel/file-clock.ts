import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Clock } from "./clock";

/**
 * The system's clock, moved on by as many milliseconds as a file says: how the demo's processes share one billing
 * clock. Without the file it is the system's own. Throws where the file holds anything else.
 */
export function fileClock(file: string): Clock {
  return { now: () => new Date(Date.now() + offsetIn(file)) };
}

/** Moves the clock of every process that reads this file on by so many milliseconds; never back. Returns the offset. */
export function advanceFileClock(file: string, ms: number): number {
  if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError("a clock moves on by whole milliseconds");
  const offset = offsetIn(file) + ms;
  // Renamed into place: whoever reads meanwhile sees the old number or the new one.
  writeFileSync(`${file}.next`, String(offset), { mode: 0o600 });
  renameSync(`${file}.next`, file);
  return offset;
}

function offsetIn(file: string): number {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
  const offset = Number(text);
  if (!Number.isSafeInteger(offset) || offset < 0 || text === "")
    throw new RangeError(`${file} holds no offset`);
  return offset;
}
