import { fileURLToPath } from "node:url";

/** The checkout, without a slash at the end. */
export const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/[\\/]$/, "");

/** A fault that a person can mend: its message is one sentence that says how, and all that is shown. */
export class SetupFault extends Error {}

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/**
 * Runs a step that takes a while: says that it goes on, and how long it took.
 * @template T
 * @param {string} what as in "Building the pages"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const startedAt = Date.now();
  const seconds = (digits) => `${((Date.now() - startedAt) / 1000).toFixed(digits)} s`;
  const heartbeat = setInterval(() => say(`  ${what} … ${seconds(0)} so far`), 10_000);
  try {
    const value = await work();
    say(`  ${what}: done in ${seconds(1)}`);
    return value;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Runs a command to its end; a fault of the named kinds ends it with its sentence, and exit code 1. */
export async function stopOn(kind, command) {
  try {
    await command();
  } catch (error) {
    const expected = error instanceof kind || expectedNames.has(error?.constructor?.name);
    process.stderr.write(expected ? `\n${error.message}\n` : `\n${error?.stack ?? error}\n`);
    process.exit(1);
  }
}

const expectedNames = new Set([
  "SetupFault",
  "SettingsError",
  "EmbeddedError",
  "OtherSchemaError",
  "LostRolesError",
]);
