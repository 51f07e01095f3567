import { parseDayRange } from "@/lib/kernel/calendar";

export type RawSearchParams = Record<string, string | string[] | undefined>;

/** The first of what an address says under a name, without what PostgreSQL cannot read; "" where it says nothing. */
export function oneOf(raw: RawSearchParams, name: string): string {
  const value = raw[name];
  return (Array.isArray(value) ? value[0] : value)?.replaceAll("\0", "").trim() ?? "";
}

/**
 * What staff's lists have in common: a text, days, and where the page begins. What is not understood is left out; reversed
 * days are too, and `refusedDays` has them.
 */
export function commonFilter(raw: RawSearchParams) {
  const { from, to, refused } = parseDayRange(oneOf(raw, "from"), oneOf(raw, "to"));
  return {
    text: oneOf(raw, "q").slice(0, 100) || null,
    from,
    to,
    refusedDays: refused,
    cursor: oneOf(raw, "cursor") || null,
  };
}

/** One of the words that a list knows; null for any other. */
export function wordIn<T extends string>(raw: RawSearchParams, name: string, known: readonly T[]): T | null {
  return known.find((word) => word === oneOf(raw, name)) ?? null;
}

/** The address of a list in a state: names in the order given, nothing for what is not said. */
export function listHref(path: string, state: Record<string, string | null>): string {
  const query = new URLSearchParams(
    Object.entries(state).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ""),
  ).toString();
  return query === "" ? path : `${path}?${query}`;
}
