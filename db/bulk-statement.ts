import { type Column, columnArrays } from "./column-arrays";
import type { ReservedSql, Sql } from "./exact-sql";

/** One INSERT, UPDATE or DELETE over a list of rows, to be part of a larger statement. */
export interface BulkWrite {
  /** Writes of one name have one text. */
  readonly name: string;
  /** What the rows hold: column names and their SQL types, as a table would be declared. */
  readonly columns: string;
  /** `$rows` stands for the list, as a table `t` of those columns; `$customer` for the customer's id. */
  readonly text: string;
  /** It must change as many rows as it names, or the statement fails: then it ends in RETURNING. */
  readonly isCounted: boolean;
}

export interface BulkPart {
  readonly write: BulkWrite;
  /** Keys are the columns; what is left out is null. */
  readonly rows: readonly object[];
}

/**
 * One statement of several parts, those without rows left out: a table that nothing is written to costs nothing,
 * neither its locks nor its share of the plan. What is written comes in few combinations of parts, so each of them is
 * prepared once. Foreign keys are checked at its end, so parts may name each other's rows in any order.
 */
export function bulkStatement(sql: ReservedSql | Sql, parts: readonly BulkPart[], customerId?: string) {
  const filled = parts.filter(({ rows }) => rows.length > 0);
  const changed = filled.reduce((total, { write, rows }) => total + (write.isCounted ? rows.length : 0), 0);
  const areFew = filled.every(({ rows }) => rows.length <= fewRows);
  const parameters = [changed, customerId ?? null, ...filled.flatMap(areFew ? cellsOf : listOf)];
  return sql.unsafe(textOf(filled, areFew), parameters, { prepare: true });
}

/**
 * Up to so many rows of each part travel as parameters of their own; more as one array for each column. A customer's
 * payment has one row nearly everywhere, and PostgreSQL is done with a row of parameters in half the time.
 */
const fewRows = 3;

function cellsOf({ write, rows }: BulkPart): (string | null)[] {
  const columns = declarationsOf(write.columns);
  return rows.flatMap((row) => columns.map(({ name }) => textOfCell((row as Record<string, Cell>)[name])));
}

type Cell = string | number | bigint | boolean | Date | object | null | undefined;

/** As text, so that every row of one shape has parameters of the same types. */
function textOfCell(cell: Cell): string | null {
  if (typeof cell === "string") return cell;
  if (cell === null || cell === undefined) return null;
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === "object" ? JSON.stringify(cell) : cell.toString();
}

function listOf({ write, rows }: BulkPart): string[] {
  return columnArrays(declarationsOf(write.columns), rows);
}

const texts = new Map<string, string>();

function textOf(parts: readonly BulkPart[], areFew: boolean): string {
  let key = "";
  for (const { write, rows } of parts) key += areFew ? `${write.name} ${rows.length} ` : `${write.name} `;
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = built(parts, areFew);
  texts.set(key, text);
  return text;
}

function built(parts: readonly BulkPart[], areFew: boolean): string {
  let used = 2;
  const next = () => {
    used += 1;
    return used;
  };
  const writes = parts.map(({ write, rows }) => {
    const list = areFew ? values(write.columns, rows.length, next) : arrays(write.columns, next);
    return `${write.name} as (${write.text.replaceAll("$rows", list).replaceAll("$customer", "$2::uuid")})`;
  });
  const counts = parts.flatMap(({ write }) =>
    write.isCounted ? [`(select count(*) from ${write.name})`] : [],
  );
  const check = `select assert_rows('those it names', ${counts.join(" + ") || "0"}, $1) where $2::uuid is null or true`;
  // PostgreSQL copies the text at every execution, so it is kept short.
  return `${writes.length > 0 ? `with ${writes.join(", ")} ` : ""}${check}`.replaceAll(/\s+/g, " ");
}

function arrays(columns: string, next: () => number): string {
  const declared = declarationsOf(columns);
  const names = declared.map(({ name }) => name).join(", ");
  return `unnest(${declared.map(({ type }) => `$${next()}::text::${type}[]`).join(", ")}) as t(${names})`;
}

function values(columns: string, count: number, next: () => number): string {
  const declared = declarationsOf(columns);
  const row = () => `(${declared.map(({ type }) => parameter(next(), type)).join(", ")})`;
  const names = declared.map(({ name }) => name).join(", ");
  return `(values ${Array.from({ length: count }, row).join(", ")}) as t(${names})`;
}

/**
 * What the driver would convert (an instant once more, a text again to JSON, any text to the boolean false) travels as
 * text, which PostgreSQL reads itself.
 */
function parameter(place: number, type: string): string {
  return convertedByDriver.has(type) ? `$${place}::text::${type}` : `$${place}::${type}`;
}

const convertedByDriver = new Set(["timestamptz", "date", "boolean", "jsonb"]);

const declarations = new Map<string, readonly Column[]>();

function declarationsOf(columns: string): readonly Column[] {
  const known = declarations.get(columns);
  if (known) return known;
  const declared = columns.split(",").map((declaration) => {
    const [name, type] = declaration.trim().split(/\s+/);
    if (!name || !type) throw new Error(`a column has a name and a type: ${declaration}`);
    return { name, type };
  });
  declarations.set(columns, declared);
  return declared;
}
