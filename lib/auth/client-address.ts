import { randomBytes } from "node:crypto";
import diagnostics from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { writeLog } from "@/lib/kernel/log";
import type { Settings } from "@/lib/kernel/settings";

const header = "x-mallard-address";
const watching = Symbol.for("mallard.client-address");

/** Whoever cannot be told apart shares one limit. */
export const unknownAddress = "unknown";

/**
 * Writes the client's address on every HTTP request that this process receives, before anyone reads it. Needed
 * because Next shows a route no socket, and believes an X-Forwarded-For that the client wrote itself. The header is
 * overwritten on every request, so nobody outside can set it. Called once, when the web process starts.
 */
export function watchClientAddresses(door: Door): void {
  const global = globalThis as { [watching]?: boolean };
  if (global[watching]) return;
  global[watching] = true;
  diagnostics.subscribe("http.server.request.start", (message) => {
    writeClientAddress((message as { request: IncomingMessage }).request, door);
  });
}

type Door = Pick<Settings, "proxyHops" | "mallardUrl">;

/** On one request; what it says of its proxies is noticed. */
export function writeClientAddress(
  request: Pick<IncomingMessage, "headers" | "url"> & { socket: { remoteAddress?: string | undefined } },
  { proxyHops, mallardUrl }: Door,
): void {
  // Next asks itself for the page that an action leads to, with the visitor's headers, and names this process as a proxy.
  if (request.headers[ownHeader] === ownToken() && isLoopback(request.socket.remoteAddress ?? "")) return;
  request.headers[ownHeader] = ownToken();
  request.headers["x-forwarded-host"] = forwardedHost(request.headers, mallardUrl);
  const forwardedFor = request.headers["x-forwarded-for"];
  const { address, isWhole } = visitorOf(request.socket.remoteAddress, forwardedFor, proxyHops);
  if (proxyHops === 0 && forwardedFor !== undefined) doubt("proxy_not_expected");
  if (!isWhole && !isOfMachines(request.url)) doubt("proxy_silent");
  request.headers[header] = address;
}

const ownHeader = "x-mallard-own";
const token = Symbol.for("mallard.own-token");

/** Drawn once for the process and told to nobody: whoever hands it back is this process. */
function ownToken(): string {
  const global = globalThis as { [token]?: string };
  global[token] ??= randomBytes(24).toString("base64url");
  return global[token];
}

/**
 * Next refuses a form whose Origin is not the Host that the request came with, and a proxy may ask for 127.0.0.1. Where
 * the form is from the portal's own address, that is where it came to; what else stands there is left to Next.
 */
export function forwardedHost(
  headers: IncomingMessage["headers"],
  mallardUrl: string,
): string | string[] | undefined {
  return headers.origin === mallardUrl ? new URL(mallardUrl).host : headers["x-forwarded-host"];
}

/** What is wrong between the proxies and MALLARD_PROXY_HOPS: visitors share an address, and its limits, or choose theirs. */
export type ProxyDoubt = "proxy_not_expected" | "proxy_silent";

const messages: Record<ProxyDoubt, string> = {
  proxy_not_expected:
    "X-Forwarded-For came, but no proxy is expected: set MALLARD_PROXY_HOPS to how many there are",
  proxy_silent:
    "a request came without the addresses in X-Forwarded-For that MALLARD_PROXY_HOPS promises: have each proxy append the address it sees, or set the number of proxies",
};

/** Next loads this module once for each of its bundles. */
const doubts = Symbol.for("mallard.proxy-doubts");
type Doubts = { [doubts]?: Map<ProxyDoubt, Date> };

function doubt(kind: ProxyDoubt): void {
  const global = globalThis as Doubts;
  global[doubts] ??= new Map();
  const known = global[doubts];
  // In the log once; the page of staff has the last time.
  if (!known.has(kind)) writeLog("warn", kind, { message: messages[kind] });
  known.set(kind, new Date());
}

const doubtedMs = 24 * 3_600_000;

/** What this process saw of it in the last day. */
export function proxyDoubts(now = new Date()): ProxyDoubt[] {
  const seen = [...((globalThis as Doubts)[doubts] ?? [])];
  return seen.filter(([, at]) => now.getTime() - at.getTime() < doubtedMs).map(([kind]) => kind);
}

/** Health checks, Stripe and mail servers of this machine need no proxy. */
function isOfMachines(address = ""): boolean {
  return /^\/api\/(health|stripe|mail)\b/.test(address);
}

/** The address that watchClientAddresses wrote; unknown where it does not watch, since then a client may have. */
export function clientAddress(headers: Pick<Headers, "get">): string {
  if (!(globalThis as { [watching]?: boolean })[watching]) return unknownAddress;
  return headers.get(header) ?? unknownAddress;
}

/** As `visitorOf`, the address alone. */
export function addressOf(...given: Parameters<typeof visitorOf>): string {
  return visitorOf(...given).address;
}

/**
 * The client's address: the socket's, or with `proxyHops` proxies of ours in front the entry that the outermost of
 * them appended to X-Forwarded-For. Entries further left were written by the client and are not believed. Where a
 * proxy of ours wrote no address, it is that proxy's own: what stands left of it may be the client's word. `isWhole` is
 * false then.
 */
export function visitorOf(
  socketAddress: string | undefined,
  forwardedFor: string | string[] | undefined,
  proxyHops: number,
): { address: string; isWhole: boolean } {
  const forwarded =
    proxyHops === 0 || forwardedFor === undefined ? [] : [forwardedFor].flat().join(",").split(",");
  // From the socket outwards, as far as our proxies reach.
  const chain = [...forwarded, socketAddress ?? ""]
    .map(normalAddress)
    .reverse()
    .slice(0, proxyHops + 1);
  const end = chain.indexOf("");
  const seen = end === -1 ? chain : chain.slice(0, end);
  return { address: seen.at(-1) ?? unknownAddress, isWhole: seen.length === proxyHops + 1 };
}

/** Empty if it is none. An IPv4 address in IPv6's clothes is the IPv4 address. */
function normalAddress(text: string): string {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](?::\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  const address = bare.toLowerCase().replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, "");
  return isIP(address) === 0 ? "" : address;
}

/** Whether an address is one of this machine. */
export function isLoopback(address: string): boolean {
  const plain = normalAddress(address);
  return plain === "::1" || /^127\.\d+\.\d+\.\d+$/.test(plain);
}

/** What a limit counts by: an IPv4 address, or the /64 of an IPv6 one, which is one subscriber's. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail = ""] = (address.split("%", 1)[0] ?? "").split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0"), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
