import type { IncomingMessage, ServerResponse } from "node:http";
import type { FaultKind } from "@/lib/sandbox/control";
import {
  type Answer,
  type Api,
  type ApiRequest,
  failed,
  internalError,
  newRequestId,
} from "@/lib/sandbox/http/api";
import { ApiError } from "@/lib/sandbox/http/api-error";
import { rateLimited } from "@/lib/sandbox/http/doors";
import type { Faults, Strike } from "@/lib/sandbox/http/faults";
import type { SeenRequests } from "@/lib/sandbox/http/seen-requests";

export interface ApiServing {
  api: Api;
  faults: Faults;
  seen: SeenRequests;
}

/** Answers one request to the API, or does to it what was ordered. */
export async function serveApi(
  { api, faults, seen }: ApiServing,
  request: ApiRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = newRequestId();
  const key = request.header("idempotency-key") ?? null;
  const entry = seen.begin({
    id: requestId,
    method: request.method,
    path: request.path,
    idempotencyKey: key,
  });
  const strike = faults.strike(request.method, request.path);
  entry.fault = strike?.kind ?? null;
  if (strike?.kind === "drop_before") {
    incoming.socket.destroy();
    return;
  }
  const answer =
    refusedAtTheDoor(strike, requestId, key) ?? (await answered(api, request, requestId, strike));
  if (strike?.kind === "hang_after") await strike.released();
  if (strike?.kind === "drop_after") {
    incoming.socket.destroy();
    return;
  }
  entry.replayed = answer.headers["idempotent-replayed"] === "true";
  if (strike?.kind === "cut") return sendHalf(answer, response);
  entry.status = answer.status;
  response.writeHead(answer.status, { ...answer.headers, "content-length": Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** What Stripe refuses before it looks at keys or parameters. */
function refusedAtTheDoor(strike: Strike | null, requestId: string, key: string | null): Answer | null {
  if (strike?.kind === "rate_limit") {
    return failed(rateLimited(), requestId, key);
  }
  if (strike?.kind === "lock_timeout") {
    const message =
      "This object cannot be accessed right now because another API request or Stripe process is currently accessing " +
      "it. If you see this error intermittently, retry the request. If you see this error frequently and are making " +
      "multiple concurrent requests to a single object, make your requests serially or at a lower rate.";
    return failed(
      new ApiError(429, { type: "invalid_request_error", code: "lock_timeout", message }),
      requestId,
      key,
    );
  }
  return null;
}

async function answered(
  api: Api,
  request: ApiRequest,
  requestId: string,
  strike: Strike | null,
): Promise<Answer> {
  const failures: Partial<Record<FaultKind, "without_work" | "after_work">> = {
    error_500: "without_work",
    error_500_after: "after_work",
  };
  const failure = strike ? failures[strike.kind] : undefined;
  try {
    return await api.answer(request, requestId, {
      ...(strike?.kind === "hang_before" ? { before: strike.released() } : {}),
      ...(failure ? { failure } : {}),
    });
  } catch (error) {
    console.error(`local Stripe: ${request.method} ${request.path} failed`, error);
    return failed(internalError(), requestId, null);
  }
}

function sendHalf(answer: Answer, response: ServerResponse): void {
  const body = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, "content-length": body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.socket?.destroy());
}
