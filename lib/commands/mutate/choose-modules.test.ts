import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { chooseModules } from "./choose-modules";

function house(files: Record<string, string>): string {
  const dir = mkdtempSync(path.join(tmpdir(), "mallard-mutate-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const room of ["lib/ledger", "lib/billing", "lib/auth"])
    mkdirSync(path.join(dir, room), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

const small = {
  "lib/ledger/book.ts": "",
  "lib/ledger/kinds.ts": "",
  "lib/ledger/book.test.ts":
    'import { expect } from "vitest";\nimport {\n  Book,\n} from "./book";\nimport type { Kind } from "./kinds";\nimport { minor } from "@/lib/kernel/money";\nimport { decide } from "@/lib/billing/refund/decide";',
  "lib/billing/refund/decide.ts": "",
  "lib/billing/refund/settle.ts": "",
  "lib/billing/refund/settle.db.test.ts": 'import { settle } from "./settle";',
  "lib/billing/scene.ts": "",
  "lib/billing/decide.test.ts": 'import { scene } from "./scene";',
};

test("without a path what pure tests import of the rooms is changed, and their pure tests look", () => {
  expect(chooseModules(house(small), [], false)).toEqual({
    modules: ["lib/billing/refund/decide.ts", "lib/ledger/book.ts"],
    tests: { folders: "{lib/ledger,lib/billing,lib/auth}", kinds: ["unit"] },
  });
});

test("a folder is all its modules, a file with lines stays one", () => {
  const root = house(small);
  expect(chooseModules(root, ["lib/billing"], false).modules).toEqual([
    "lib/billing/refund/decide.ts",
    "lib/billing/refund/settle.ts",
  ]);
  expect(chooseModules(root, ["lib/ledger/book.ts:3-9"], false).modules).toEqual(["lib/ledger/book.ts:3-9"]);
});

test("on PostgreSQL the tests of the module's own folder look, of each kind", () => {
  const root = house(small);
  const tests = (...paths: string[]) => chooseModules(root, paths, true).tests;
  const kinds = ["unit", "database"];
  expect(tests("lib/billing/refund/settle.ts:3-9")).toEqual({ folders: "lib/billing/refund", kinds });
  expect(tests("lib/billing/refund")).toEqual({ folders: "lib/billing/refund", kinds });
  expect(tests("lib/ledger/books/holds.ts")).toEqual({ folders: "lib/ledger", kinds });
  expect(tests("lib/billing/decision.ts")).toEqual({ folders: "lib/billing", kinds });
  expect(tests("lib/billing/refund/settle.ts", "lib/ledger/book.ts").folders).toBe(
    "{lib/billing/refund,lib/ledger}",
  );
});
