import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";

// drizzle-kit leaves a method of its own on every array, for all that runs after it in the same process.
Reflect.deleteProperty(Array.prototype, "random");

const schemaDir = fileURLToPath(new URL("../../../db/schema", import.meta.url));

/** Everything that the files of db/schema export, sorted by name. */
export async function exportedSchema(): Promise<Record<string, unknown>> {
  const exported: [string, unknown][] = [];
  for (const name of readdirSync(schemaDir).sort()) {
    if (!name.endsWith(".ts")) continue;
    const module = await import(pathToFileURL(path.join(schemaDir, name)).href);
    exported.push(...Object.entries(module));
  }
  // By name: in which order a module lists its exports depends on who loaded it.
  return Object.fromEntries(exported.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The statements that bring an empty database to db/schema, as drizzle-kit writes them. */
export async function schemaStatements(): Promise<string[]> {
  const statements = await generateMigration(
    generateDrizzleJson({}),
    generateDrizzleJson(await exportedSchema()),
  );
  return statements.map((statement) => statement.trim());
}
