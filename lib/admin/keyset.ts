import type { Fragment } from "postgres";
import type { Sql } from "@/db/client";
import { decodeCursor, encodeCursor, isCursorInstant, type Page } from "@/lib/kernel/page";

/** Where a list goes on, the newest first: beyond this row, in one of the two directions. */
export interface Cursor {
  direction: "after" | "before";
  /** The row's instant as the database writes it, to the microsecond. */
  at: string;
  id: string;
}

/** The cursor of an address; null, which is the first page, for whatever is none of ours. */
export function cursorIn(text: string | null, isId: (text: string) => boolean): Cursor | null {
  const [direction, at, id] = (text && decodeCursor(text)) || [];
  if ((direction !== "after" && direction !== "before") || !at || !id || !isId(id)) return null;
  return isCursorInstant(at) ? { direction, at, id } : null;
}

/**
 * The condition and the order of the rows from a cursor on; ask for one row more than is shown. The newest come first
 * unless the way is said to be up.
 */
export function keyset(
  sql: Sql,
  { at, id }: { at: Fragment; id: Fragment },
  cursor: Cursor | null,
  way: "desc" | "asc" = "desc",
): { beyond: Fragment; order: Fragment } {
  // Back from a cursor is the other way, and its rows are turned round.
  const isUp = (way === "asc") !== (cursor?.direction === "before");
  const order = isUp ? sql`${at}, ${id}` : sql`${at} desc, ${id} desc`;
  if (!cursor) return { beyond: sql`true`, order };
  const from = sql`(${cursor.at}::text::timestamptz, ${cursor.id})`;
  return { beyond: isUp ? sql`(${at}, ${id}) > ${from}` : sql`(${at}, ${id}) < ${from}`, order };
}

/** A page of what such a query found; its rows have `at` as text, and `id`. */
export function pageOf<R extends Record<string, unknown>, T>(
  found: readonly R[],
  cursor: Cursor | null,
  most: number,
  shape: (row: R) => T,
): Page<T> {
  const isBack = cursor?.direction === "before";
  const hasMore = found.length > most;
  const shown = found.slice(0, most);
  if (isBack) shown.reverse();
  const at = (row: R | undefined, direction: Cursor["direction"]) =>
    row ? encodeCursor([direction, String(row.at), String(row.id)]) : null;
  return {
    rows: shown.map(shape),
    next: isBack || hasMore ? at(shown.at(-1), "after") : null,
    previous: (isBack ? hasMore : cursor !== null) ? at(shown[0], "before") : null,
  };
}
