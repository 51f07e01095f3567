import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { actionKind } from "./action";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Our sources in which a server action can be: found, not listed by hand. */
async function sources(): Promise<{ file: string; text: string }[]> {
  const found: { file: string; text: string }[] = [];
  for (const folder of ["app", "components", "lib"]) {
    for (const name of await readdir(path.join(root, folder), { recursive: true })) {
      if (!/\.[jt]sx?$/.test(name) || /\.test\.tsx?$/.test(name)) continue;
      const file = path.join(folder, name);
      found.push({ file, text: await readFile(path.join(root, file), "utf8") });
    }
  }
  return found;
}

const directive = /^\s*["']use server["'];?\s*$/m;
const all = await sources();
const files = all.filter(({ text }) => directive.test(text));

describe("server actions", () => {
  test("are in files of their own, with the directive first", () => {
    expect(files.length).toBeGreaterThan(0);
    for (const { file, text } of files) {
      expect(text.trimStart(), file).toMatch(/^["']use server["']/);
      expect(text.match(new RegExp(directive, "gm")), file).toHaveLength(1);
    }
  });

  test.each(files.map(({ file }) => file))("of %s are all guarded by the one wrapper", async (file) => {
    const exported = Object.entries((await import(path.join(root, file))) as Record<string, unknown>);
    expect(exported.length).toBeGreaterThan(0);
    for (const [name, value] of exported) expect(actionKind(value), name).not.toBeNull();
  });
});
