import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Settings } from "@/lib/kernel/settings";
import { bodyMostBytes } from "./body-limits";
import { clientAddress } from "./client-address";
import { logSecurityEvent } from "./security-log";

const opened = Symbol.for("mallard.front-door");
/** So long a client that is refused may take to notice, and so much of what it still sends is read meanwhile. */
const noticeMs = 1_000;
const drainBytes = 64_000;
/** Connections that end: what follows on them is not looked at. */
const ending = new WeakSet<Socket>();

/** What some page or handler may answer to. Next cannot even build a request of the others, and would answer 500. */
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Looks at every HTTP request of this process before Next or a route does. A body that is too large is answered 413 and
 * the connection ends. A body that still comes after the answer is not read on. An address that cannot be decoded is made
 * one that can. Called once, when the web process starts.
 */
export function openFrontDoor(door: Door): void {
  const global = globalThis as { [opened]?: boolean };
  if (global[opened]) return;
  global[opened] = true;
  guardRequests(Server.prototype, door);
}

/** `mallardUrl` is the portal's own address, whose pages alone may send forms. */
export type Door = Pick<Settings, "mallardUrl">;

/** Of all servers by their prototype, or of one. */
export function guardRequests(target: Pick<Server, "emit">, door: Door): void {
  const emit = target.emit as (this: unknown, event: string | symbol, ...args: unknown[]) => boolean;
  target.emit = function guarded(this: unknown, event: string | symbol, ...args: unknown[]): boolean {
    if (event !== "request") return emit.call(this, event, ...args);
    const [request, response] = args as [IncomingMessage, ServerResponse];
    request.url = decodableAddress(pathOf(request.url ?? "/"));
    return admit(request, response, door) ? emit.call(this, event, ...args) : true;
  };
}

/** An address may come whole, as proxies are asked (RFC 9112, 3.2.2): what counts is what follows the host. */
export function pathOf(address: string): string {
  const [, rest] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(address) ?? [];
  if (rest === undefined) return address;
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** A percent sign that begins no character stands for itself: the address then names a page that is not there. */
export function decodableAddress(address: string): string {
  const [path = "", ...query] = address.split("?");
  const readable = path
    .split("/")
    .map((segment) => (isDecodable(segment) ? segment : segment.replaceAll("%", "%25")))
    .join("/");
  return [readable, ...query].join("?");
}

function isDecodable(segment: string): boolean {
  try {
    decodeURIComponent(segment);
    return true;
  } catch {
    return false;
  }
}

/** False if the request was answered here. */
function admit(request: IncomingMessage, response: ServerResponse, { mallardUrl }: Door): boolean {
  if (ending.has(request.socket)) return false;
  if (!methods.includes(request.method ?? "")) {
    refuse(request, response, { status: 405, text: "Nothing here answers to this method.\n" });
    return false;
  }
  if (isForeign(request, mallardUrl)) {
    const address = clientAddress({ get: (name) => String(request.headers[name] ?? "") || null });
    logSecurityEvent({ event: "request", outcome: "foreign_origin", address });
    refuse(request, response, {
      status: 403,
      text: `This was not sent from a page of this portal, which is at ${mallardUrl}. Nothing was changed.\n`,
    });
    return false;
  }
  const most = bodyMostBytes(request.method, request.url);
  if (Number(request.headers["content-length"] ?? 0) > most) {
    refuse(request, response, tooLarge);
    return false;
  }
  if (request.headers["transfer-encoding"] !== undefined) countBody(request, response, most);
  response.once("finish", () => {
    if (!request.complete) endUpload(request);
  });
  return true;
}

/**
 * Whether a page of another site sent this, or one that hides where it is from ("null"). Next would answer 500 and write
 * a stack. Two kinds are let through and judged behind the door: who opened the portal by another name of the same
 * machine is told the right address by the form itself, and mail servers and Stripe, which send no Origin, by their keys.
 */
export function isForeign(
  { method, headers }: Pick<IncomingMessage, "method" | "headers">,
  mallardUrl: string,
): boolean {
  const { origin } = headers;
  if (["GET", "HEAD", "OPTIONS"].includes(method ?? "") || origin === undefined || origin === mallardUrl) {
    return false;
  }
  const from = URL.canParse(origin) ? new URL(origin).host : "";
  const [asked = ""] = [headers["x-forwarded-host"] ?? ""].flat().join(",").split(",");
  return from === "" || (from !== headers.host && from !== asked.trim());
}

/** A body that does not say its length is counted as it comes in, and the rest of one that is too large reaches nobody. */
function countBody(request: IncomingMessage, response: ServerResponse, most: number): void {
  const push = request.push.bind(request);
  let bytes = 0;
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    bytes += chunk?.length ?? 0;
    if (bytes <= most) return push(chunk, encoding);
    refuse(request, response, tooLarge);
    return true;
  };
}

/**
 * The answer is out and the body still comes. Node throws it away from here on and no longer calls `push`, so the
 * connection itself is counted: the end of a short body may arrive, and the connection goes on. Anything longer ends it.
 */
function endUpload(request: IncomingMessage): void {
  const { socket } = request;
  let left = drainBytes;
  const count = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  };
  const cut = setTimeout(() => socket.destroy(), noticeMs);
  const settle = () => {
    clearTimeout(cut);
    socket.off("data", count);
  };
  socket.on("data", count);
  socket.once("close", settle);
  request.once("end", settle);
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const tooLarge: Answer = { status: 413, text: "The request is larger than this address takes.\n" };

/**
 * Answers and ends the connection: what is still on its way is no next request. A client that is writing reads the
 * answer only if its connection is not cut at once, so it has a moment; what it sends in that time is thrown away.
 */
function refuse(request: IncomingMessage, response: ServerResponse, { status, text }: Answer): void {
  const { socket } = request;
  ending.add(socket);
  let left = drainBytes;
  request.push = (chunk: Buffer | null) => {
    if (chunk === null) socket.destroySoon();
    left -= chunk?.length ?? 0;
    return left > 0;
  };
  // An answer is under way already: nothing can be added to it.
  if (response.headersSent) return void socket.destroy();
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    ...(status === 405 && { allow: methods.join(", ") }),
    connection: "close",
  });
  response.write(text);
  closeToOthers(response);
  const cut = setTimeout(() => socket.destroy(), noticeMs);
  socket.once("close", () => clearTimeout(cut));
}

/** A route that was reading the body will try to answer too. Nobody hears it, and it is no fault of its own. */
function closeToOthers(response: ServerResponse): void {
  response.setHeader = () => response;
  response.appendHeader = () => response;
  response.removeHeader = () => {};
  response.writeHead = () => response;
  response.flushHeaders = () => {};
  response.write = () => true;
  response.end = () => response;
}
