import { lookup as resolve } from "node:dns";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isReachable } from "@/lib/billing/webhook/endpoint-address";

export interface PostOptions {
  /** Whether this is the demo's own panel, the one address of this machine that may be called. */
  isPanel: boolean;
  timeoutMs: number;
}

/** What became of one attempt. Whatever an endpoint answers, its body is not read. */
export type Posted =
  | { kind: "answered"; status: number }
  | {
      kind: "failed";
      code: "timeout" | "address_private" | "name_unknown" | "not_connected" | "secret_unreadable" | "fault";
    };

class PrivateAddress extends Error {
  readonly code = "EPRIVATE";
}

/**
 * Posts once, follows nothing, and waits no longer than it may. What the name resolves to is judged in the same step that
 * connects to it: a name that was public yesterday cannot lead into the host's own network today.
 */
export function postWebhook(
  url: URL,
  headers: Record<string, string>,
  body: string,
  { isPanel, timeoutMs }: PostOptions,
): Promise<Posted> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) && !isPanel && !isReachable(host)) {
    return Promise.resolve({ kind: "failed", code: "address_private" });
  }
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((settle) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const length = Buffer.byteLength(body).toString();
    const options = {
      method: "POST",
      headers: { ...headers, "content-length": length },
      signal,
      agent: false,
      lookup: judged,
    };
    const request = send(url, options, (response) => {
      response.resume();
      response.destroy();
      settle({ kind: "answered", status: response.statusCode ?? 0 });
    });
    request.on("error", (error: NodeJS.ErrnoException) => settle({ kind: "failed", code: codeOf(error) }));
    request.end(body);
  });
}

/** Resolves a name, and refuses it if any of its addresses is not to be reached. */
const judged: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) return callback(error ?? new PrivateAddress(hostname), "");
    if (!addresses.every(({ address }) => isReachable(address))) {
      return callback(new PrivateAddress(hostname), "");
    }
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

function codeOf(error: NodeJS.ErrnoException): Extract<Posted, { kind: "failed" }>["code"] {
  if (error.name === "AbortError" || error.name === "TimeoutError" || error.code === "ABORT_ERR") {
    return "timeout";
  }
  if (error.code === "EPRIVATE") return "address_private";
  return error.code === "ENOTFOUND" || error.code === "EAI_AGAIN" ? "name_unknown" : "not_connected";
}
