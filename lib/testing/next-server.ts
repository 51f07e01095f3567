/**
 * What Next gives the code of a request, for tests that have no Next around them: `vitest.config.ts` puts it in the
 * place of next/headers, next/cache and next-intl/server for all database tests alike. A stand-in of one file's own
 * would be whichever file loaded the modules first, as the files of a worker share them.
 */
import { shownRequest } from "./shown-request";

export async function headers() {
  return { get: (name: string) => shownRequest().headers.get(name) ?? null };
}

export async function cookies() {
  const { cookies } = shownRequest();
  return {
    get: (name: string) => (cookies.has(name) ? { value: cookies.get(name) } : undefined),
    getAll: () => [...cookies].map(([name, value]) => ({ name, value })),
    set: (name: string, value: string) => cookies.set(name, value),
  };
}

export function refresh(): void {
  shownRequest().refreshes += 1;
}

export function revalidatePath(): void {}

/** The words are the pages'; here it is told which of them, and with what. */
export async function getTranslations() {
  return (key: string, values: object) => JSON.stringify({ [key]: values });
}

export async function getTimeZone() {
  return "UTC";
}

export async function getLocale() {
  return "en";
}
