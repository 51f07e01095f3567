import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const lock = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as {
  packages: Record<string, { version?: string; resolved?: string }>;
};

/** Below these there are known holes; see the advisories of each project. */
const floors: Record<string, string> = {
  next: "16.4.5",
  react: "19.3.1",
  "react-dom": "19.3.1",
  "next-auth": "4.24.15",
  sharp: "0.35.5",
  postcss: "8.5.12",
};

for (const [name, floor] of Object.entries(floors)) {
  test(`every ${name} in the lockfile is ${floor} or newer`, () => {
    const versions = Object.entries(lock.packages)
      .filter(([place]) => place.endsWith(`node_modules/${name}`))
      .map(([, { version }]) => version ?? "0");
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => isOlder(version, floor))).toEqual([]);
  });
}

test("every version in package.json is exact", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as Record<
    string,
    Record<string, string>
  >;
  const asked = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(asked.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
});

test("the lockfile names no registry, so that any one will do", () => {
  expect(Object.values(lock.packages).filter(({ resolved }) => resolved?.startsWith("http"))).toEqual([]);
});

function isOlder(version: string, floor: string): boolean {
  const [mine, least] = [version, floor].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const [index, part] of (least ?? []).entries()) {
    const found = mine?.[index] ?? 0;
    if (found !== part) return found < part;
  }
  return /^\d+\.\d+\.\d+-/.test(version);
}
