import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("no database test puts a module of its own in another's place: its worker's other tests would get it", async () => {
  const mocking: string[] = [];
  for (const folder of ["app", "components", "db", "lib", "e2e"]) {
    for (const name of await readdir(path.join(root, folder), { recursive: true })) {
      if (!name.endsWith(".db.test.ts")) continue;
      const file = path.join(folder, name);
      if (/\bvi\.(mock|doMock)\(/.test(await readFile(path.join(root, file), "utf8"))) mocking.push(file);
    }
  }
  expect(mocking).toEqual([]);
});
