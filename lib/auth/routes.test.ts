import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { config } from "@/proxy";
import { bodyMostBytes, largerHandlers } from "./body-limits";
import { fileRoutes, isFile } from "./file-routes";

const app = fileURLToPath(new URL("../../app", import.meta.url));

/** What the folders of `app` answer to, found and not listed. */
function routesBy(name: RegExp): { route: string; text: string }[] {
  return readdirSync(app, { recursive: true })
    .map(String)
    .filter((file) => name.test(path.basename(file)))
    .map((file) => ({
      route: `/${path.dirname(file)}`.replace(/\/\([^/]+\)/g, "").replace(/\/\.$/, "/") || "/",
      text: readFileSync(path.join(app, file), "utf8"),
    }));
}

const handlers = routesBy(/^route\.tsx?$/);
const pages = routesBy(/^page\.tsx?$/).map(({ route }) => route);
const filled = (route: string) => route.replace(/\[[^\]]+\]/g, "some");
/** Whether a handler answers there: what stands in its address may be any word. */
const isHandled = (address: string) =>
  handlers.some(({ route }) =>
    new RegExp(`^${route.replace(/\[\.\.\.[^\]]+\]/g, ".+").replace(/\[[^\]]+\]/g, "[^/]+")}$`).test(address),
  );
/** Whether proxy.ts gives what is asked here a policy of its own. */
const hasPolicy = (address: string) => new RegExp(`^${config.matcher}$`).test(address) && !isFile(address);

describe("a route handler", () => {
  test("outside of /api is named as one that answers with a file", () => {
    const found = handlers.map(({ route }) => route).filter((route) => !route.startsWith("/api/"));
    expect(found.sort()).toEqual([...fileRoutes].sort());
  });

  test("outside of /api is only read from, so that nothing is sent to it", () => {
    for (const { route, text } of handlers.filter(({ route }) => !route.startsWith("/api/"))) {
      expect(text.match(/export (?:async function|const) (\w+)/g), route).toEqual([
        "export async function GET",
      ]);
    }
  });

  test("takes 16 kB at most, unless it is named with more", () => {
    const named = Object.keys(largerHandlers);
    for (const { route } of handlers) {
      const most = bodyMostBytes(route.startsWith("/api/") ? "POST" : "GET", filled(route));
      expect([route, most]).toEqual([route, named.includes(route) ? 1_000_000 : 16_000]);
    }
    expect(handlers.map(({ route }) => route)).toEqual(expect.arrayContaining(named));
  });

  test("is no page, and gets no page's policy", () => {
    for (const { route } of handlers) expect([route, hasPolicy(filled(route))]).toEqual([route, false]);
  });
});

describe("a page", () => {
  test("has a policy, whatever stands in its address", () => {
    const words = ["pdf", "csv", "receipt", "export", "html", "api", "host-logo", "static"];
    for (const page of pages) {
      for (const word of words) {
        const address = page.replace(/\[[^\]]+\]/g, word);
        expect([address, hasPolicy(address)]).toEqual([address, !isHandled(address)]);
      }
    }
  });

  test("that says that nothing is there has one, beside and below each handler too", () => {
    for (const { route } of handlers) {
      const address = filled(route);
      for (const other of [`${address}/pdf`, `${address}x/html`, `/x${address}`]) {
        expect([other, hasPolicy(other)]).toEqual([other, !isHandled(other)]);
      }
    }
    for (const address of ["/nope", "/pay/pdf", "/api", "/api/auth", "/api/nope", "/_next/nope"]) {
      expect([address, hasPolicy(address)]).toEqual([address, true]);
    }
  });
});
