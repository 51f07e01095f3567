import type { SeenRequest } from "@/lib/sandbox/control";

const kept = 1000;

/** The last requests to the API, for tests that count them. */
export class SeenRequests {
  #seen: SeenRequest[] = [];

  begin(request: Pick<SeenRequest, "id" | "method" | "path" | "idempotencyKey">): SeenRequest {
    const entry: SeenRequest = { ...request, status: null, fault: null, replayed: false };
    this.#seen.push(entry);
    if (this.#seen.length > 2 * kept) this.#seen = this.#seen.slice(-kept);
    return entry;
  }

  list(filter: { method?: string; path?: string }): SeenRequest[] {
    return this.#seen
      .slice(-kept)
      .filter(
        (entry) =>
          (!filter.method || entry.method === filter.method) &&
          (!filter.path || entry.path.startsWith(filter.path)),
      );
  }

  clear(): void {
    this.#seen = [];
  }
}
