import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs the house rules over a small house of its own. */
function houseRules(files: Record<string, string>): { ok: boolean; report: string } {
  const dir = mkdtempSync(path.join(tmpdir(), "mallard-house-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const settings = { compilerOptions: { paths: { "@/*": ["./*"] } } };
  writeFileSync(path.join(dir, "tsconfig.json"), JSON.stringify(settings));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  const program = path.join(root, "lib", "commands", "house.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, dir], { encoding: "utf8" });
  return { ok: status === 0, report: stdout + stderr };
}

const schema = { "db/schema.ts": "export const tables = 1;" };

test("a use case may import the database, a page may not", () => {
  const allowed = houseRules({ ...schema, "lib/portal/list.ts": 'import { tables } from "@/db/schema";' });
  expect(allowed.report).toContain("no dependency violations");
  expect(allowed.ok).toBe(true);
  const refused = houseRules({
    ...schema,
    "app/page.tsx": 'import { tables } from "@/db/schema";\nexport default () => <p>{tables}</p>;',
  });
  expect(refused.report).toContain("floor-of-app: app/page.tsx → db/schema.ts");
  expect(refused.ok).toBe(false);
});

test("an import of a type alone counts as well", () => {
  const { report } = houseRules({
    "lib/billing/pay.ts": "export type Pay = 1;",
    "lib/kernel/money.ts": 'import type { Pay } from "@/lib/billing/pay";\nexport type Money = Pay;',
  });
  expect(report).toContain("floor-of-kernel: lib/kernel/money.ts → lib/billing/pay.ts");
});

test("neighbours on a floor never import each other", () => {
  const { report } = houseRules({
    "lib/portal/pay.ts": "export const pay = 1;",
    "lib/webhook/receive.ts": 'export const later = () => import("@/lib/portal/pay");',
  });
  expect(report).toContain("floor-of-webhook: lib/webhook/receive.ts → lib/portal/pay.ts");
});

test("a circle is refused, however long", () => {
  const { ok, report } = houseRules({
    "lib/ledger/a.ts": 'import { b } from "./b";\nexport const a = b;',
    "lib/ledger/b.ts": 'import { c } from "./c";\nexport const b = c;',
    "lib/ledger/c.ts": 'import { a } from "./a";\nexport const c = a;',
  });
  expect(report).toContain("no-cycles");
  expect(ok).toBe(false);
});

test("only tests import the seeded world", () => {
  const world = { "lib/testing/world.ts": "export const world = 1;" };
  const use = 'import { world } from "@/lib/testing/world";\nexport const w = world;';
  expect(houseRules({ ...world, "lib/billing/pay.test.ts": use }).ok).toBe(true);
  expect(houseRules({ ...world, "lib/billing/pay.ts": use }).report).toContain("testing-is-for-tests");
});

test("components take nothing but types from the use cases", () => {
  const offenders = filesBelow(path.join(root, "components")).flatMap((file) => {
    const imports =
      readFileSync(file, "utf8").match(/^import\b[^;]*?from "@\/lib\/(portal|admin)\/[^"]+"/gm) ?? [];
    return imports.filter((line) => !line.startsWith("import type ")).map((line) => `${file}: ${line}`);
  });
  expect(offenders).toEqual([]);
});

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => path.join(dir, name));
}
