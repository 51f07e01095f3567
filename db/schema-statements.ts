import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";

// drizzle-kit leaves a method of its own on every array, for all that runs after it in the same process.
Reflect.deleteProperty(Array.prototype, "random");

const schemaDir = fileURLToPath(new URL("./schema", import.meta.url));

/** Everything that the files of db/schema export, in the order of the files' names. */
export async function exportedSchema(): Promise<Record<string, unknown>> {
  const exported: Record<string, unknown> = {};
  for (const name of readdirSync(schemaDir).sort()) {
    if (!name.endsWith(".ts")) continue;
    Object.assign(exported, await import(pathToFileURL(path.join(schemaDir, name)).href));
  }
  return exported;
}

/** The statements that bring an empty database to db/schema, as drizzle-kit writes them. */
export async function schemaStatements(): Promise<string[]> {
  const statements = await generateMigration(
    generateDrizzleJson({}),
    generateDrizzleJson(await exportedSchema()),
  );
  return statements.map((statement) => statement.trim());
}
