import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { ChosenTests } from "./chosen-tests";

/** Where money and access are decided. */
export const mutatedRooms = ["lib/ledger", "lib/billing", "lib/auth"];

export interface Chosen {
  /** Patterns of Stryker's: a file, a file with lines (`a.ts:10-40`), a glob. */
  readonly modules: readonly string[];
  readonly tests: ChosenTests;
}

const pureTests: ChosenTests = { folders: `{${mutatedRooms.join(",")}}`, kinds: ["unit"] };

/**
 * Without paths all that pure tests import, tried by all pure tests of the rooms. With paths those, by the same tests;
 * or, with `database`, by every test in their own folders, those on PostgreSQL too.
 */
export function chooseModules(root: string, paths: readonly string[], database: boolean): Chosen {
  if (paths.length === 0) return { modules: pureModules(root), tests: pureTests };
  const modules = paths.flatMap((given) => patterns(root, given));
  const tests: ChosenTests = { folders: anyOf(paths.map(roomOf)), kinds: ["unit", "database"] };
  return { modules, tests: database ? tests : pureTests };
}

/** What the pure tests name in their imports: the decisions that need no database. */
function pureModules(root: string): string[] {
  const tests = mutatedRooms.flatMap((room) => filesBelow(root, room).filter(isPureTest));
  const named = tests.flatMap((test) => importsOf(root, test));
  return [...new Set(named)].filter((file) => isMutated(file) && existsSync(path.join(root, file))).sort();
}

function filesBelow(root: string, folder: string): string[] {
  const entries = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
  return entries.map((entry) => path.posix.join(folder, entry.replaceAll("\\", "/")));
}

const isPureTest = (file: string) => file.endsWith(".test.ts") && !file.endsWith(".db.test.ts");

/** Scenes are made for tests, and tests are not tested. */
const isMutated = (file: string) =>
  mutatedRooms.some((room) => file.startsWith(`${room}/`)) && !/(\.test|scene)\.ts$/.test(file);

function importsOf(root: string, test: string): string[] {
  const text = readFileSync(path.join(root, test), "utf8");
  const found = text.matchAll(/^import (?!type )[^;]*? from "(@\/|\.{1,2}\/)([^"]+)"/gm);
  return [...found].map(([, start = "", rest = ""]) =>
    start === "@/" ? `${rest}.ts` : path.posix.join(path.posix.dirname(test), start, `${rest}.ts`),
  );
}

function patterns(root: string, given: string): string[] {
  const isFolder = statSync(path.join(root, given), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder
    ? filesBelow(root, path.posix.normalize(given)).filter((file) => /\.ts$/.test(file) && isMutated(file))
    : [given];
}

/** The folder whose tests know a module: all of a room, or a part of billing. */
function roomOf(given: string): string {
  const parts = given.split("/");
  const depth = parts[1] === "billing" && !/\.ts(:|$)/.test(parts[2] ?? ".ts") ? 3 : 2;
  return parts.slice(0, depth).join("/");
}

function anyOf(folders: readonly string[]): string {
  const [first = "", ...others] = new Set(folders);
  return others.length === 0 ? first : `{${[first, ...others].join(",")}}`;
}
