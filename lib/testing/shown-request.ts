const key = Symbol.for("mallard.testing.request");

export interface ShownRequest {
  readonly headers: Map<string, string>;
  readonly cookies: Map<string, string>;
  /** How often an act asked for its page anew. */
  refreshes: number;
}

/** The request that a test lets the code under test see, through next-server.ts: one for all files of a process. */
export function shownRequest(): ShownRequest {
  const global = globalThis as { [key]?: ShownRequest };
  global[key] ??= { headers: new Map(), cookies: new Map(), refreshes: 0 };
  return global[key];
}
