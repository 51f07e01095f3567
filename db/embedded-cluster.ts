import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { EmbeddedError } from "./embedded-error";
import type { Place } from "./embedded-place";

const run = promisify(execFile);
const major = "18";

/**
 * Makes the cluster if there is none: UTF-8 with PostgreSQL's own collation, so that it sorts the same on every
 * system, and a password for every connection. It is made beside its place and moved there when it is whole.
 */
export async function initialise(
  place: Place,
  owner: string,
  password: string,
  durable: boolean,
): Promise<void> {
  if (existsSync(path.join(place.data, "PG_VERSION")) || (await existsForOwner(place))) {
    return checkVersion(place);
  }
  const unfinished = `${place.data}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const passwordFile = path.join(place.dir, "initdb-password");
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (place.runAs.uid !== undefined) {
    await chown(unfinished, place.runAs.uid, place.runAs.gid);
    await chown(passwordFile, place.runAs.uid, place.runAs.gid);
  }
  try {
    await run(
      path.join(place.bin, process.platform === "win32" ? "initdb.exe" : "initdb"),
      [
        `--pgdata=${unfinished}`,
        `--username=${owner}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
        ...(durable ? [] : ["--no-sync"]),
      ],
      { ...place.runAs, cwd: place.dir, env: { ...process.env, LC_ALL: "C" } },
    );
  } catch (error) {
    throw new EmbeddedError(`The embedded database could not be made in ${place.dir}: ${reason(error)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(unfinished, place.data);
  if (process.platform !== "win32") await chmod(place.data, 0o700);
}

/** Who owns the databases: no superuser, so that row level security holds for it too. */
export async function makeOwner(rootUrl: string, owner: string, password: string): Promise<void> {
  const sql = postgres(rootUrl, { max: 1, onnotice: () => undefined });
  try {
    if ((await sql`select from pg_roles where rolname = ${owner}`).count > 0) return;
    const [row] = await sql`
      select format('create role %I login createrole createdb password %L', ${owner}::text, ${password}::text) as made`;
    await sql.begin(async (tx) => {
      await tx.unsafe(row?.made);
      // It ends the sessions of a database that it drops or renames, those of its roles among them.
      await tx`grant pg_signal_backend to ${tx(owner)}`;
      await tx`alter database postgres owner to ${tx(owner)}`;
    });
  } catch (error) {
    if (!["28P01", "28000"].includes((error as { code?: string }).code ?? "")) throw error;
    throw new EmbeddedError(
      "The embedded database was made by an earlier build of Mallard: remove the directory .mallard to begin anew.",
    );
  } finally {
    await sql.end();
  }
}

/** A cluster made by root belongs to postgres and is closed to others: existsSync alone would call it absent. */
async function existsForOwner(place: Place): Promise<boolean> {
  try {
    await readFile(path.join(place.data, "PG_VERSION"));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") return false;
    throw new EmbeddedError(
      `The embedded database in ${place.dir} belongs to another user: run as that user, or remove the directory to begin anew.`,
    );
  }
}

async function checkVersion(place: Place): Promise<void> {
  const version = (await readFile(path.join(place.data, "PG_VERSION"), "utf8")).trim();
  if (version === major) return;
  throw new EmbeddedError(
    `The embedded database in ${place.dir} was made by PostgreSQL ${version}, and this is ${major}: remove the directory to begin anew.`,
  );
}

function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  const lines = (stderr || message).trim().split("\n");
  return lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? message;
}
