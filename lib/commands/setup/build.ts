import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runToEnd } from "./child";
import { SetupFault } from "./setup-fault";

/** What a page of the build can be made of. */
const sources = ["app", "components", "db", "lib", "public"];
const rootSources = [
  "next.config.ts",
  "package-lock.json",
  "postcss.config.mjs",
  "proxy.ts",
  "tsconfig.json",
];
const noSource = /(\.test\.tsx?|\.md|^commands|^testing|^decisions)$/;

export interface BuildOptions {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logDir: string;
  readonly say: (line: string) => void;
  readonly step: <T>(what: string, work: () => Promise<T>) => Promise<T>;
  readonly signal: AbortSignal;
}

export const nextProgram = (root: string) => path.join(root, "node_modules", "next", "dist", "bin", "next");

/** Makes the production build, unless the one that is there was made from the same sources. */
export async function ensureBuilt(options: BuildOptions): Promise<void> {
  const stamp = path.join(options.root, ".next", "mallard-sources");
  const buildId = path.join(options.root, ".next", "BUILD_ID");
  const wanted = sourcesHash(options.root);
  if (readOrEmpty(stamp) === wanted && existsSync(buildId)) return;
  await options.step("Building the pages (again only when the sources change)", () =>
    runToEnd(
      {
        name: "build",
        args: [nextProgram(options.root), "build"],
        cwd: options.root,
        env: { ...options.env, NODE_ENV: "production" },
        logDir: options.logDir,
        show: "errors",
        say: options.say,
      },
      options.signal,
    ),
  );
  if (!existsSync(buildId)) {
    throw new SetupFault(`The build ended without a result: see ${path.join(options.logDir, "build.log")}.`);
  }
  writeFileSync(stamp, wanted);
}

export function sourcesHash(root: string): string {
  const hash = createHash("sha256").update(process.versions.node);
  for (const file of [...rootSources, ...sources.flatMap((dir) => filesBelow(root, dir))]) {
    const full = path.join(root, file);
    if (existsSync(full)) hash.update(`\0${file}\0`).update(readFileSync(full));
  }
  return hash.digest("hex");
}

function filesBelow(root: string, dir: string): string[] {
  const full = path.join(root, dir);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => !noSource.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = `${dir}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(root, name) : [name];
    });
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
