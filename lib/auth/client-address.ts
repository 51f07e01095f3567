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
export function watchClientAddresses({ proxyHops, mallardUrl }: Door): void {
  const global = globalThis as { [watching]?: boolean };
  if (global[watching]) return;
  global[watching] = true;
  diagnostics.subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers["x-forwarded-host"] = forwardedHost(request.headers, mallardUrl);
    if (proxyHops === 0 && request.headers["x-forwarded-for"] !== undefined) warnOfProxy();
    request.headers[header] = addressOf(
      request.socket.remoteAddress,
      request.headers["x-forwarded-for"],
      proxyHops,
    );
  });
}

type Door = Pick<Settings, "proxyHops" | "mallardUrl">;

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

let hasWarned = false;

/** Once: every visitor has the proxy's address then, and shares its limits. */
function warnOfProxy(): void {
  if (hasWarned) return;
  hasWarned = true;
  const message =
    "X-Forwarded-For came, but no proxy is expected: set MALLARD_PROXY_HOPS to how many there are";
  writeLog("warn", "proxy_not_expected", { message });
}

/** The address that watchClientAddresses wrote; unknown where it does not watch, since then a client may have. */
export function clientAddress(headers: Pick<Headers, "get">): string {
  if (!(globalThis as { [watching]?: boolean })[watching]) return unknownAddress;
  return headers.get(header) ?? unknownAddress;
}

/**
 * The client's address: the socket's, or with `proxyHops` proxies of ours in front the entry that the outermost of
 * them appended to X-Forwarded-For. Entries further left were written by the client and are not believed.
 */
export function addressOf(
  socketAddress: string | undefined,
  forwardedFor: string | string[] | undefined,
  proxyHops: number,
): string {
  const forwarded = proxyHops === 0 ? [] : [forwardedFor ?? []].flat().join(",").split(",");
  const chain = [...forwarded, socketAddress ?? ""].map(normalAddress).filter((address) => address !== "");
  return chain.at(Math.max(0, chain.length - 1 - proxyHops)) ?? unknownAddress;
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
  return address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
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
