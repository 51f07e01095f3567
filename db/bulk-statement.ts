import type { ReservedSql, Sql } from "./client";
import { jsonRows } from "./json-rows";

/** One INSERT, UPDATE or DELETE over a list of rows, to be part of a larger statement. */
export interface BulkPart {
  /** Parts of one name have one text. */
  readonly name: string;
  /** `$rows` stands for the list as JSON, `$customer` for the customer's id. */
  readonly text: string;
  readonly rows: readonly object[];
  /** It must change as many rows as it names, or the statement fails: then it ends in RETURNING. */
  readonly isCounted: boolean;
}

/**
 * One statement of several parts, those without rows left out: a table that nothing is written to costs nothing,
 * neither its locks nor its share of the plan. What is written comes in few combinations of parts, so each of them is
 * prepared once. Foreign keys are checked at its end, so parts may name each other's rows in any order.
 */
export function bulkStatement(sql: ReservedSql | Sql, parts: readonly BulkPart[], customerId?: string) {
  const filled = parts.filter(({ rows }) => rows.length > 0);
  const counted = filled.reduce((total, { isCounted, rows }) => total + (isCounted ? rows.length : 0), 0);
  const rows = filled.map((part) => jsonRows(part.rows));
  return sql.unsafe(textOf(filled), [counted, customerId ?? null, ...rows], { prepare: true });
}

const texts = new Map<string, string>();

function textOf(parts: readonly BulkPart[]): string {
  let key = "";
  for (const { name } of parts) key += `${name} `;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = built(parts);
  texts.set(key, text);
  return text;
}

function built(parts: readonly BulkPart[]): string {
  const writes = parts.map(({ name, text }, index) => {
    const body = text.replaceAll("$rows", `$${index + 3}::text::json`).replaceAll("$customer", "$2::uuid");
    return `${name} as (${body})`;
  });
  const counts = parts
    .filter(({ isCounted }) => isCounted)
    .map(({ name }) => `(select count(*) from ${name})`);
  const check = `select assert_rows('those it names', ${counts.join(" + ") || "0"}, $1) where $2::uuid is null or true`;
  const statement = writes.length > 0 ? `with ${writes.join(", ")} ${check}` : check;
  // PostgreSQL copies the text at every execution, so it is kept short.
  return statement.replaceAll(/\s+/g, " ");
}
