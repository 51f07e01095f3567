import { ApiError } from "@/lib/sandbox/http/api-error";

/** What a restricted key may do with one kind of object. */
export type Permission = "read" | "write";

/** What stands before the API's methods: keys that may not do everything, and how many requests a second are heard. */
export class Doors {
  readonly #restricted = new Map<string, Readonly<Record<string, Permission>>>();
  #perSecond: number | null = null;
  #second = 0;
  #heard = 0;

  /** `may` names the part of the path after `/v1/`, as `customers` or `checkout`. */
  restrict(key: string, may: Readonly<Record<string, Permission>>): void {
    this.#restricted.set(key, may);
  }

  /** Null: as many as come. */
  limit(perSecond: number | null): void {
    this.#perSecond = perSecond;
  }

  clear(): void {
    this.#restricted.clear();
    this.#perSecond = null;
  }

  isRestricted(key: string): boolean {
    return this.#restricted.has(key);
  }

  /** Refuses what the restricted key may not do. Whoever may write may read. */
  checkPermission(key: string, { method, path }: { method: string; path: string }): void {
    const noun = path.split("/")[2] ?? "";
    const has = this.#restricted.get(key)?.[noun];
    const wanted: Permission = method === "GET" ? "read" : "write";
    if (has === "write" || has === wanted) return;
    throw new ApiError(403, {
      type: "invalid_request_error",
      message:
        `The provided key '${key.slice(0, 8)}${"*".repeat(8)}${key.slice(-4)}' does not have the required permissions for ` +
        `this endpoint. Having the 'rak_${noun}_${wanted}' permission would allow this request to continue.`,
    });
  }

  /** Refuses what is more than is heard in a second of real time. */
  count(): void {
    if (this.#perSecond === null) return;
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) this.#heard = 0;
    this.#second = second;
    this.#heard += 1;
    if (this.#heard > this.#perSecond) throw rateLimited();
  }
}

export function rateLimited(): ApiError {
  return new ApiError(429, {
    type: "invalid_request_error",
    code: "rate_limit",
    message:
      "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.",
  });
}
