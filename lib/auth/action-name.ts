import { readFileSync } from "node:fs";
import path from "node:path";

/** Where a build lists its actions by their ids. Next reads it too. */
const list = path.join(".next", "server", "server-reference-manifest.json");

const names = new Map<string, ReadonlyMap<string, string>>();

/**
 * What a server action is called in our sources, for the log. Next writes an id on each, and keeps the names in a list
 * of the build. Where there is no such list (in development), it is the id; where there is no id, null.
 */
export function actionName(action: unknown, root = process.cwd()): string | null {
  const { $$id: id } = action as { $$id?: unknown };
  if (typeof id !== "string") return null;
  const known = names.get(root) ?? namesIn(root);
  names.set(root, known);
  return known.get(id) ?? id;
}

function namesIn(root: string): ReadonlyMap<string, string> {
  try {
    const text = readFileSync(path.join(/* turbopackIgnore: true */ root, list), "utf8");
    const { node } = JSON.parse(text) as { node?: Record<string, { exportedName?: string }> };
    return new Map(Object.entries(node ?? {}).map(([id, { exportedName }]) => [id, exportedName ?? id]));
  } catch {
    return new Map();
  }
}
