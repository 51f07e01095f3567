import { BlockList, isIP } from "node:net";
import { ok, type Result, refuse } from "@/lib/kernel/result";

export type AddressRefusal =
  | { code: "webhook_url_malformed" }
  | { code: "webhook_url_not_https" }
  /** Of the host's own network, or of nobody's: what stands there is not to be reached from here. */
  | { code: "webhook_url_private" };

const lengthMost = 2000;

/**
 * An address that events may be sent to: https, a public name or IP address, no user name. A portal that itself runs on
 * this machine alone (the demo, tests) may also send to this machine, without encryption.
 */
export function checkedAddress(text: string, isLocal: boolean): Result<URL, AddressRefusal> {
  const url = parsed(text.trim());
  if (!url || text.length > lengthMost || url.username || url.password || url.hash) {
    return refuse({ code: "webhook_url_malformed" });
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isHere = isLocal && (host === "localhost" || isLoopback(host));
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere)) {
    return refuse({ code: "webhook_url_not_https" });
  }
  if (!isHere && !mayBePublic(host)) return refuse({ code: "webhook_url_private" });
  return ok(url);
}

/** Whether the portal at this address runs for this machine alone. */
export function isLocalPortal(portalUrl: string): boolean {
  const host = new URL(portalUrl).hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || isLoopback(host);
}

/** Whether an IP address may be connected to: what a name resolves to is asked again at every attempt. */
export function isReachable(address: string, isLocal: boolean): boolean {
  return isPublic(address) || (isLocal && isLoopback(address));
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

/** A name that could be anybody's; what it resolves to is judged when it is called. */
function mayBePublic(host: string): boolean {
  if (isIP(host)) return isPublic(host);
  const name = host.replace(/\.$/, "");
  return name.includes(".") && !/\.(local|localhost|internal|intranet|lan|home|corp|home\.arpa)$/i.test(name);
}

function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, "ipv4");
  // An IPv4 address in the clothes of IPv6 reaches that one.
  return family === 6 && global6.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

const notPublic = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  notPublic.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
] as const) {
  notPublic.addSubnet(net, prefix, "ipv6");
}

/** All that is given out for the open network. */
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");
