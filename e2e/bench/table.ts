import type { Spread } from "./measure";
import { isMet, type Line } from "./part";

/** The lines of a part as a table for the screen: each figure as median (min to max), its goal beside it. */
export function tableOf(lines: readonly Line[]): string {
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line.figures)))];
  const rows = [["", ...columns, "goal"], ...lines.map((line) => rowOf(line, columns))];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")}`.trimEnd())
    .join("\n");
}

function rowOf(line: Line, columns: readonly string[]): string[] {
  const goals = line.goals.map((goal) => {
    const bound = goal.atLeast === undefined ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`;
    return `${goal.figure} ${bound}: ${isMet(line, goal) ? "met" : "MISSED"}`;
  });
  return [line.what, ...columns.map((column) => cellOf(line.figures[column])), goals.join(", ")];
}

function cellOf(figure: Spread | undefined): string {
  if (!figure) return "";
  const shown = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
  return `${shown(figure.median)} (${shown(figure.min)} to ${shown(figure.max)})`;
}
