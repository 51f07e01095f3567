import { invalidRequest } from "@/lib/sandbox/http/api-error";
import { integer, type Reader, text } from "@/lib/sandbox/http/parameters";
import type { TableName, Tables } from "@/lib/sandbox/state/tables";
import type { World } from "@/lib/sandbox/world";

/** The parameters of every list. */
export const pageParameters = {
  limit: integer({ min: 1, max: 100 }),
  starting_after: text(),
  ending_before: text(),
};

interface PageGiven {
  limit: number | undefined;
  starting_after: string | undefined;
  ending_before: string | undefined;
}

/** `created` as an instant or as bounds; all in seconds, inclusive. */
export interface CreatedRange {
  from: number;
  to: number;
}

const bound = integer();
const boundNames = ["gt", "gte", "lt", "lte"] as const;

export function createdRange(): Reader<CreatedRange | undefined> {
  return (raw, param) => {
    if (raw === undefined) return undefined;
    if (typeof raw === "string") {
      const at = bound(raw, param) ?? 0;
      return { from: at, to: at };
    }
    const range = { from: 0, to: Number.MAX_SAFE_INTEGER };
    for (const [name, value] of Object.entries(raw)) {
      const at = bound(value, `${param}[${name}]`) ?? 0;
      if (name === "gt") range.from = at + 1;
      else if (name === "gte") range.from = at;
      else if (name === "lt") range.to = at - 1;
      else if (name === "lte") range.to = at;
      else throw invalidRequest(`Invalid ${param}: must be one of ${boundNames.join(", ")}`, { param });
    }
    return range;
  };
}

interface Selection<T> {
  url: string;
  /** The indexed field that narrows the list, when its value was given. */
  by?: { field: string; value: unknown } | undefined;
  created?: CreatedRange | undefined;
  matches?: (row: T) => boolean;
}

/** One page of a list, newest first, by Stripe's cursors. */
export function listPage<N extends TableName>(
  world: World,
  name: N,
  given: PageGiven,
  selection: Selection<Tables[N]>,
) {
  const limit = given.limit ?? 10;
  const table = world.store.table(name);
  if (given.starting_after !== undefined && given.ending_before !== undefined) {
    throw invalidRequest("You can only specify one of these parameters: starting_after, ending_before.");
  }
  const upwards = given.ending_before !== undefined;
  const cursor = given.ending_before ?? given.starting_after;
  const seq = cursor === undefined ? undefined : table.seqOf(cursor);
  if (cursor !== undefined && seq === undefined) {
    const param = upwards ? "ending_before" : "starting_after";
    throw invalidRequest(`No such ${name}: '${cursor}'`, { code: "resource_missing", param });
  }
  const rows = upwards ? table.newerThan(seq ?? 0, selection.by) : table.newestFirst(selection.by, seq);
  const found: Tables[N][] = [];
  for (const row of rows) {
    const created = "created" in row ? Number(row.created) : 0;
    if (selection.created) {
      // Rows stand in the order of their making: past the far bound nothing can match any more.
      if (!upwards && created < selection.created.from) break;
      if (created < selection.created.from || created > selection.created.to) continue;
    }
    if (selection.matches && !selection.matches(row)) continue;
    found.push(row);
    if (found.length > limit) break;
  }
  const data = found.slice(0, limit);
  if (upwards) data.reverse();
  return { object: "list" as const, data, has_more: found.length > limit, url: selection.url };
}
