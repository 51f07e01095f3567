const key = Symbol.for("mallard.testing.request");

export interface ShownRequest {
  readonly headers: Map<string, string>;
  readonly cookies: Map<string, string>;
}

/**
 * The request that a test lets the code under test see. One for all files of a process: they share their modules, and
 * the first file's stand-in for next/headers with them.
 */
export function shownRequest(): ShownRequest {
  const global = globalThis as { [key]?: ShownRequest };
  global[key] ??= { headers: new Map(), cookies: new Map() };
  return global[key];
}
