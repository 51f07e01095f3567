import { BlockList, isIP } from "node:net";
import { ok, type Result, refuse } from "@/lib/kernel/result";

export type AddressRefusal =
  | { code: "webhook_url_malformed" }
  | { code: "webhook_url_not_https" }
  /** Of the host's own network, or of nobody's: what stands there is not to be reached from here. */
  | { code: "webhook_url_private" };

const lengthMost = 2000;

/**
 * An address that events may be sent to: https, a public name or IP address, no user name. The one exception is the
 * demo's own panel on this machine, by its exact origin, which the start command alone names (World.panelOrigin).
 */
export function checkedAddress(text: string, panelOrigin: string | null): Result<URL, AddressRefusal> {
  const url = parsed(text.trim());
  if (!url || text.length > lengthMost || url.username || url.password || url.hash) {
    return refuse({ code: "webhook_url_malformed" });
  }
  if (isPanel(url, panelOrigin)) return ok(url);
  if (url.protocol !== "https:") return refuse({ code: "webhook_url_not_https" });
  if (!mayBePublic(url.hostname.replace(/^\[|\]$/g, ""))) return refuse({ code: "webhook_url_private" });
  return ok(url);
}

/** Whether this is the demo's own panel: scheme, host and port, each exactly. */
export function isPanel(url: URL, panelOrigin: string | null): boolean {
  return panelOrigin !== null && url.origin === panelOrigin;
}

/** Whether an IP address may be connected to: what a name resolves to is asked again at every attempt. */
export function isReachable(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, "ipv4");
  // An IPv4 address in the clothes of IPv6 reaches that one.
  return family === 6 && global6.check(address, "ipv6") && !notPublic.check(address, "ipv6");
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
  if (isIP(host)) return isReachable(host);
  const name = host.replace(/\.$/, "");
  return name.includes(".") && !/\.(local|localhost|internal|intranet|lan|home|corp|home\.arpa)$/i.test(name);
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
