import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test, vi } from "vitest";
import {
  addressKey,
  addressOf,
  clientAddress,
  forwardedHost,
  isLoopback,
  proxyDoubts,
  visitorOf,
  watchClientAddresses,
  writeClientAddress,
} from "./client-address";

describe("the client's address", () => {
  test.each([
    ["is the socket's", "192.0.2.1", undefined, 0, "192.0.2.1"],
    ["is the socket's, whatever the client says it is", "192.0.2.1", "6.6.6.6", 0, "192.0.2.1"],
    ["is what our proxy saw", "10.0.0.1", "192.0.2.1", 1, "192.0.2.1"],
    [
      "is what our proxy saw, not what the client wrote before it",
      "10.0.0.1",
      "6.6.6.6, 192.0.2.1",
      1,
      "192.0.2.1",
    ],
    ["is what the outer of two proxies saw", "10.0.0.1", "6.6.6.6, 192.0.2.1, 10.0.0.2", 2, "192.0.2.1"],
    ["is the socket's when the proxy was passed by", "192.0.2.1", undefined, 1, "192.0.2.1"],
    [
      "is the proxy's where it wrote none, and not the client's word",
      "10.0.0.1",
      "6.6.6.6, unknown",
      1,
      "10.0.0.1",
    ],
    ["is the inner proxy's where the outer wrote none", "10.0.0.1", "6.6.6.6, -, 10.0.0.2", 2, "10.0.0.2"],
    ["is the proxy's where it wrote nothing", "10.0.0.1", "6.6.6.6, ", 1, "10.0.0.1"],
    [
      "is what our proxy saw, whatever nonsense stands before it",
      "10.0.0.1",
      "<script>, , 192.0.2.1",
      1,
      "192.0.2.1",
    ],
    ["loses its port", "10.0.0.1", "192.0.2.1:5123", 1, "192.0.2.1"],
    ["loses its port and brackets", "10.0.0.1", "[2001:db8::1]:5123", 1, "2001:db8::1"],
    ["is IPv4 also where it is mapped", "::ffff:192.0.2.1", undefined, 0, "192.0.2.1"],
    ["is unknown without a socket", undefined, "192.0.2.1", 0, "unknown"],
  ])("%s", (_what, socket, forwarded, hops, address) => {
    expect(addressOf(socket, forwarded, hops)).toBe(address);
  });

  test("is believed only where this process wrote it", async () => {
    expect(clientAddress(new Headers({ "x-mallard-address": "6.6.6.6" }))).toBe("unknown");
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    watchClientAddresses({ proxyHops: 0, mallardUrl: "https://billing.example" });
    const server = createServer((request: IncomingMessage, response) => {
      response.end(clientAddress(new Headers(request.headers as Record<string, string>)));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const { port } = server.address() as AddressInfo;
    const headers = { "x-mallard-address": "6.6.6.6", "x-forwarded-for": "6.6.6.6" };
    const answer = await fetch(`http://127.0.0.1:${port}/`, { headers });
    expect(await answer.text()).toBe("127.0.0.1");
    // A proxy that nobody told us of is told to whoever reads the log, once.
    await fetch(`http://127.0.0.1:${port}/`, { headers });
    expect(warned.mock.calls.flat().join()).toContain("MALLARD_PROXY_HOPS");
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
    await new Promise((closed) => server.close(closed));
  });
});

describe("a proxy that does not say whom it saw", () => {
  test.each([
    ["wrote no header", undefined, 1, false],
    ["wrote no address", "192.0.2.1, unknown", 1, false],
    ["is one where two are expected", "192.0.2.1", 2, false],
    ["wrote one", "192.0.2.1", 1, true],
    ["is none that is expected", undefined, 0, true],
  ])("is noticed: it %s", (_what, forwarded, hops, isWhole) => {
    expect(visitorOf("127.0.0.1", forwarded, hops).isWhole).toBe(isWhole);
  });

  test("is told in the log once, and for a day to staff", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const come = (url: string, headers: Record<string, string> = {}) =>
      writeClientAddress(
        { url, headers, socket: { remoteAddress: "127.0.0.1" } },
        { proxyHops: 1, mallardUrl: "https://billing.example" },
      );
    come("/api/health");
    come("/api/stripe/webhook");
    come("/sign-in", { "x-forwarded-for": "192.0.2.1" });
    expect(proxyDoubts()).not.toContain("proxy_silent");
    come("/sign-in");
    come("/sign-in", { "x-forwarded-for": "unknown" });
    expect(warned.mock.calls.map(([line]) => JSON.parse(String(line)).event)).toEqual(["proxy_silent"]);
    warned.mockRestore();
    expect(proxyDoubts()).toContain("proxy_silent");
    expect(proxyDoubts(new Date(Date.now() + 25 * 3_600_000))).toEqual([]);
  });

  test("is the visitor's where Next asks itself for a page on their behalf, and that is no proxy", () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const door = { proxyHops: 0, mallardUrl: "https://billing.example" };
    const come = (remoteAddress: string, headers: Record<string, string>) => {
      const request: { url: string; headers: Record<string, string>; socket: object } = {
        ...{ url: "/admin", headers: { ...headers }, socket: { remoteAddress } },
      };
      writeClientAddress(request, door);
      return request.headers;
    };
    const first = come("192.0.2.1", {});
    const own = come("127.0.0.1", { ...first, "x-forwarded-for": "127.0.0.1" });
    expect(own["x-mallard-address"]).toBe("192.0.2.1");
    expect(warned).not.toHaveBeenCalled();
    // Nobody else knows the word, and nobody from outside may use it.
    const guessed = {
      "x-mallard-own": "a guess",
      "x-mallard-address": "6.6.6.6",
      "x-forwarded-for": "6.6.6.6",
    };
    expect(come("127.0.0.1", guessed)["x-mallard-address"]).toBe("127.0.0.1");
    const stolen = { ...first, "x-mallard-address": "6.6.6.6" };
    expect(come("192.0.2.9", stolen)["x-mallard-address"]).toBe("192.0.2.9");
    expect(proxyDoubts()).toContain("proxy_not_expected");
    warned.mockRestore();
  });
});

describe("the host that a form came to", () => {
  const mallardUrl = "https://billing.example";

  test("is the portal's own for a form of its own, whatever a proxy asked for", () => {
    expect(forwardedHost({ origin: mallardUrl, host: "127.0.0.1:3000" }, mallardUrl)).toBe("billing.example");
    const forged = { origin: mallardUrl, "x-forwarded-host": "evil.example" };
    expect(forwardedHost(forged, mallardUrl)).toBe("billing.example");
  });

  test("is left as it is for any other Origin", () => {
    expect(forwardedHost({ host: "127.0.0.1:3000" }, mallardUrl)).toBeUndefined();
    const forged = { origin: "https://evil.example", "x-forwarded-host": "evil.example" };
    expect(forwardedHost(forged, mallardUrl)).toBe("evil.example");
  });
});

describe("what a limit counts by", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["unknown", "unknown"],
  ])("of %s is %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

test("what is of this machine is no visitor, and nobody else is of this machine", () => {
  for (const address of ["127.0.0.1", "127.8.9.10", "::1"]) expect(isLoopback(address), address).toBe(true);
  const others = [
    "192.0.2.1",
    "12.7.0.0",
    "1127.0.0.1",
    "127.0.0.1.example",
    "127.0.0",
    "::12",
    "2001:db8::1",
    "unknown",
  ];
  for (const address of others) expect(isLoopback(address), address).toBe(false);
});
