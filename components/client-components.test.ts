import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

it("a component that runs in the browser is handed its words: no messages travel with the page", () => {
  const asking = ["app", "components"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".tsx"))
      .map((name) => path.join(folder, name))
      .filter((file) => {
        const source = readFileSync(path.join(root, file), "utf8");
        return /^"use client"/.test(source) && /from "next-intl"/.test(source);
      }),
  );
  expect(asking).toEqual([]);
});
