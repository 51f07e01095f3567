import { createHash } from "node:crypto";
import { ApiError } from "@/lib/sandbox/http/api-error";
import type { KeyRow } from "@/lib/sandbox/state/tables";
import { keyLifeMs, type World } from "@/lib/sandbox/world";

/**
 * Stripe's idempotency layer: the first answer under a key is kept for a day and given again, whatever it was;
 * the same key with other parameters is refused; while the first request is still at work, 409.
 */
export class IdempotencyKeys {
  readonly #world: World;
  readonly #atWork = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** The remembered answer, or null after marking the key as being at work. Throws Stripe's refusals. */
  enter(key: string, requestHash: string): KeyRow | null {
    if (key.length > 255) {
      const message = `Idempotency keys must be at most 255 characters long; you passed ${key.length}.`;
      throw new ApiError(400, { type: "idempotency_error", message });
    }
    this.#forgetOld();
    if (this.#atWork.has(key)) {
      throw new ApiError(409, {
        type: "idempotency_error",
        code: "idempotency_key_in_use",
        message:
          "There is currently another in-progress request using this Stripe Idempotency Key (that probably means you " +
          `submitted twice, and the other request is still going through): ${key}. Stripe is currently processing the ` +
          "other request; please try again later.",
      });
    }
    const known = this.#world.store.get("$key", key);
    if (!known) {
      this.#atWork.add(key);
      return null;
    }
    if (known.requestHash !== requestHash) {
      throw new ApiError(400, {
        type: "idempotency_error",
        message:
          "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using " +
          `a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    return known;
  }

  /** Remembers the answer; belongs into the transaction of the request's own work. */
  remember(row: Omit<KeyRow, "createdMs">): void {
    this.#world.store.put("$key", { ...row, createdMs: this.#world.clock.nowMs() });
  }

  leave(key: string): void {
    this.#atWork.delete(key);
  }

  #forgetOld(): void {
    const oldest = this.#world.clock.nowMs() - keyLifeMs;
    const old: string[] = [];
    for (const row of this.#world.store.table("$key").oldestFirst()) {
      if (row.createdMs > oldest || old.length === 100) break;
      old.push(row.id);
    }
    if (old.length === 0) return;
    this.#world.store.transact(() => {
      for (const id of old) this.#world.store.delete("$key", id);
    });
  }
}

/** Equal for requests with the same method, path and parameters, in whatever order they were sent. */
export function requestHash(method: string, path: string, body: string): string {
  const parameters = body.includes("&") ? body.split("&").sort().join("&") : body;
  return createHash("sha256").update(`${method} ${path}\n${parameters}`).digest("base64url");
}
