import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("a form of somebody who is signed in says what was done at the page's edge: in its own place it would be lost", async () => {
  const silent: string[] = [];
  for (const folder of ["app", "components"]) {
    for (const name of await readdir(path.join(root, folder), { recursive: true })) {
      const file = path.join(folder, name);
      if (!name.endsWith(".tsx") || name.endsWith(".test.tsx") || file.startsWith(path.join("app", "(auth)")))
        continue;
      const text = await readFile(path.join(root, file), "utf8");
      for (const [form] of text.matchAll(/<ActionForm\b[\s\S]*?\n\s*\/>/g)) {
        if (!/\bsaid=/.test(form)) silent.push(file);
      }
    }
  }
  expect(silent).toEqual([]);
});
