import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
/** The tests in these folders (a glob): of every kind, or of the named kinds alone. */
export function testsIn(folders: string, kinds: readonly ("unit" | "database")[] = ["unit", "database"]) {
  return defineConfig({
    resolve: { alias: { "@/": root } },
    test: {
      testTimeout: 60_000,
      hookTimeout: 120_000,
      // Most of a database test's time is the server's: with one worker a core would wait.
      maxWorkers: 2,
      projects: kinds.map((kind) => projects(folders)[kind]),
    },
  });
}

const projects = (folders: string) => ({
  unit: {
    extends: true as const,
    test: {
      name: "unit",
      include: [`${folders}/**/*.test.{ts,tsx}`],
      exclude: ["**/*.db.test.ts"],
    },
  },
  database: {
    extends: true as const,
    resolve: {
      alias: Object.fromEntries(
        ["next/headers", "next/cache", "next-intl/server"].map((name) => [
          name,
          `${root}lib/testing/next-server.ts`,
        ]),
      ),
    },
    test: {
      name: "database",
      include: [`${folders}/**/*.db.test.ts`],
      globalSetup: "./lib/testing/global-setup.ts",
      // Each file has a database and a world of its own; loading the portal anew for each took a third of the time.
      isolate: false,
    },
  },
});

export default testsIn("{app,components,db,lib,e2e}");
