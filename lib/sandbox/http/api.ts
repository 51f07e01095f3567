import { timingSafeEqual } from "node:crypto";
import { ApiError, invalidRequest, ParameterError } from "@/lib/sandbox/http/api-error";
import { Doors } from "@/lib/sandbox/http/doors";
import { decodeForm, MalformedForm } from "@/lib/sandbox/http/form";
import { IdempotencyKeys, requestHash } from "@/lib/sandbox/http/keys";
import { Router } from "@/lib/sandbox/http/route";
import { routes } from "@/lib/sandbox/http/routes";
import { newId } from "@/lib/sandbox/state/new-id";
import { apiVersion, type World } from "@/lib/sandbox/world";

export interface ApiRequest {
  method: string;
  path: string;
  query: string;
  body: string;
  header(name: string): string | undefined;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What a fault does inside of a request: its key is in use meanwhile. */
export interface Interference {
  /** Waits before the work is begun. */
  before?: Promise<void>;
  /** Answers 500 instead, with or without having done the work; the 500 is remembered. */
  failure?: "without_work" | "after_work";
}

const router = new Router(routes);

/** Stripe's HTTP API over a world. */
export class Api {
  readonly #world: World;
  readonly #secretKey: string;
  readonly #doors: Doors;
  readonly #keys: IdempotencyKeys;

  constructor(world: World, secretKey: string, doors = new Doors()) {
    this.#world = world;
    this.#secretKey = secretKey;
    this.#doors = doors;
    this.#keys = new IdempotencyKeys(world);
  }

  async answer(request: ApiRequest, requestId: string, interference: Interference = {}): Promise<Answer> {
    const key = request.method === "POST" ? (request.header("idempotency-key") ?? null) : null;
    try {
      this.#authorize(request);
      return await this.#underKey(request, requestId, key, interference);
    } catch (error) {
      if (error instanceof ApiError) return failed(error, requestId, key);
      throw error;
    }
  }

  #authorize(request: ApiRequest): void {
    const given = secretOf(request.header("authorization"));
    if (given === null) {
      throw new ApiError(401, {
        type: "invalid_request_error",
        message:
          "You did not provide an API key. You need to provide your API key in the Authorization header.",
      });
    }
    if (this.#doors.isRestricted(given)) this.#doors.checkPermission(given, request);
    else if (!isEqual(given, this.#secretKey)) {
      const shown = `${given.slice(0, 8)}${"*".repeat(8)}${given.slice(-4)}`;
      throw new ApiError(401, {
        type: "invalid_request_error",
        message: `Invalid API Key provided: ${shown}`,
      });
    }
    this.#doors.count();
    const version = request.header("stripe-version") ?? apiVersion;
    if (version !== apiVersion) {
      throw invalidRequest(
        `Invalid Stripe API version: ${version}. The local Stripe speaks ${apiVersion} only.`,
      );
    }
  }

  async #underKey(request: ApiRequest, requestId: string, key: string | null, interference: Interference) {
    if (key === null) return this.#work(request, requestId, null, interference);
    const hash = requestHash(request.method, request.path, request.body);
    const known = this.#keys.enter(key, hash);
    if (known) {
      const headers = { ...commonHeaders(requestId, key), "idempotent-replayed": "true" };
      return {
        status: known.status,
        body: known.body,
        headers: { ...headers, "original-request": known.requestId },
      };
    }
    try {
      return await this.#work(request, requestId, { key, hash }, interference);
    } finally {
      this.#keys.leave(key);
    }
  }

  async #work(
    request: ApiRequest,
    requestId: string,
    keyed: { key: string; hash: string } | null,
    { before, failure }: Interference,
  ): Promise<Answer> {
    if (before) await before;
    const found = router.find(request.method, request.path);
    if (!found) {
      const message = `Unrecognized request URL (${request.method}: ${request.path}). The local Stripe may not know it.`;
      throw new ApiError(404, { type: "invalid_request_error", message });
    }
    const work = found.route.prepare(parametersOf(request));
    const world = this.#world;
    return world.store.transact(() => {
      world.request = { id: requestId, idempotencyKey: keyed?.key ?? null };
      try {
        let answer =
          failure === "without_work" ? null : attempt(() => work(world, found.ids), requestId, keyed?.key);
        if (failure) answer = failed(internalError(), requestId, keyed?.key ?? null);
        if (!answer) throw new Error("A request without an answer");
        const { status, body } = answer;
        if (keyed) this.#keys.remember({ id: keyed.key, requestHash: keyed.hash, requestId, status, body });
        return answer;
      } finally {
        world.request = null;
      }
    });
  }
}

/** Runs the work; Stripe's refusals are answers too, and what was done before them stays (a declined charge). */
function attempt(work: () => unknown, requestId: string, key: string | undefined): Answer {
  try {
    return { status: 200, headers: commonHeaders(requestId, key ?? null), body: JSON.stringify(work()) };
  } catch (error) {
    if (error instanceof ApiError) return failed(error, requestId, key ?? null);
    throw error;
  }
}

function parametersOf(request: ApiRequest) {
  try {
    return decodeForm(request.method === "POST" ? request.body : request.query);
  } catch (error) {
    if (error instanceof MalformedForm) throw new ParameterError(error.message, "");
    throw error;
  }
}

/** An error as an answer, with the headers that Stripe sends along. */
export function failed(error: ApiError, requestId: string, key: string | null): Answer {
  const retry = error.body.code === "lock_timeout" || error.status === 409 ? "true" : "false";
  const headers = { ...commonHeaders(requestId, key), "stripe-should-retry": retry };
  return { status: error.status, headers, body: JSON.stringify({ error: error.body }) };
}

export function internalError(): ApiError {
  const message = "An unknown error occurred";
  return new ApiError(500, { type: "api_error", message });
}

export function newRequestId(): string {
  return newId("req_", 14);
}

function commonHeaders(requestId: string, key: string | null): Record<string, string> {
  return {
    "content-type": "application/json",
    "request-id": requestId,
    "stripe-version": apiVersion,
    ...(key === null ? {} : { "idempotency-key": key }),
  };
}

function secretOf(authorization: string | undefined): string | null {
  const [scheme, value] = (authorization ?? "").split(" ");
  if (!value) return null;
  if (scheme?.toLowerCase() === "bearer") return value;
  if (scheme?.toLowerCase() === "basic")
    return Buffer.from(value, "base64").toString("utf8").split(":")[0] ?? null;
  return null;
}

/** Compares secrets without telling by the time taken how much of them was right. */
export function isEqual(given: string, secret: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}
