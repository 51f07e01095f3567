import { parseCalendarDay } from "./calendar";

/** One page of a keyset-paginated list. `next` and `previous` are cursors for the URL, null at the ends. */
export interface Page<T> {
  rows: T[];
  next: string | null;
  previous: string | null;
}

/** Longer than any key of ours; keeps a hostile URL from costing anything. */
const cursorLengthMax = 1024;

/** Packs the sort key of a row (as exact text, never a Date: it drops microseconds) into a word for the URL. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts), "utf8").toString("base64url");
}

/** The parts of a cursor of ours; null for anything else, which a list reads as its first page. */
export function decodeCursor(text: string): string[] | null {
  if (text.length > cursorLengthMax || !/^[A-Za-z0-9_-]+$/.test(text)) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    const ours = Array.isArray(parts) && parts.every((part): part is string => typeof part === "string");
    // Only the one spelling that encodeCursor writes: base64 and JSON both have many.
    return ours && encodeCursor(parts) === text ? parts : null;
  } catch {
    return null;
  }
}

/** Whether a part of a cursor is an instant as the database writes it, to the microsecond, in UTC. */
export function isCursorInstant(text: string): boolean {
  const [, day = ""] =
    /^(\d{4}-\d\d-\d\d) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?\+00$/.exec(text) ?? [];
  return parseCalendarDay(day) !== null;
}
