type Cell = string | number | bigint | boolean | Date | object | null | undefined;

/**
 * Rows as the JSON list that `json_to_recordset` reads. Amounts are written digit by digit: PostgreSQL reads a JSON
 * number as text into its own type, so no bigint becomes a float on the way. What is null is left out, which comes
 * to the same. Written out by hand, because JSON.stringify has no bigint and asking it for every value costs more
 * than the rest of a payment's writing.
 */
export function jsonRows(rows: readonly object[]): string {
  let text = "[";
  for (const row of rows) {
    text += text === "[" ? "{" : ",{";
    let separator = "";
    for (const key in row) {
      const cell = (row as Record<string, Cell>)[key];
      if (cell === null || cell === undefined) continue;
      text += `${separator}"${key}":${jsonCell(cell)}`;
      separator = ",";
    }
    text += "}";
  }
  return `${text}]`;
}

function jsonCell(cell: string | number | bigint | boolean | object): string {
  if (typeof cell === "bigint" || typeof cell === "boolean") return cell.toString();
  return JSON.stringify(cell);
}
