export interface Column {
  readonly name: string;
  /** The SQL type, as it is declared. */
  readonly type: string;
}

type Cell = string | number | bigint | boolean | Date | object | null | undefined;
type Row = Readonly<Record<string, Cell>>;

/**
 * Rows as one PostgreSQL array literal for each column, which `unnest` reads as a table again. PostgreSQL parses them in
 * half the time of a JSON list of the same rows, whose keys are said anew in each. Amounts are written digit by digit.
 * What is left out is null.
 */
export function columnArrays(columns: readonly Column[], rows: readonly object[]): string[] {
  return columns.map(({ name, type }) => {
    const textOf = quoted.has(type) ? quotedText : plainText;
    let text = "";
    // What is written at once is much alike: the same instant, state, currency in one row after the other.
    let last: Cell = null;
    let lastText = "NULL";
    for (const row of rows as readonly Row[]) {
      const cell = row[name];
      if (cell !== last) {
        last = cell;
        lastText = cell === null || cell === undefined ? "NULL" : textOf(cell);
      }
      text += text === "" ? lastText : `,${lastText}`;
    }
    return `{${text}}`;
  });
}

/** Types whose text may hold what an array's literal has a meaning for; of all others, it cannot. */
const quoted = new Set(["text", "jsonb"]);

function plainText(cell: Exclude<Cell, null | undefined>): string {
  if (typeof cell === "string") return cell;
  return cell instanceof Date ? cell.toISOString() : cell.toString();
}

function quotedText(cell: Exclude<Cell, null | undefined>): string {
  const text = typeof cell === "object" ? JSON.stringify(cell) : cell.toString();
  return `"${special.test(text) ? text.replaceAll(specials, "\\$&") : text}"`;
}

const special = /["\\]/;
const specials = /["\\]/g;
