import type { NextRequest } from "next/server";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { handleAuth } from "./handler";

const mallardUrl = "https://billing.example";
const slot = Symbol.for("mallard.context");
const global = globalThis as Record<symbol, unknown>;
beforeAll(() => {
  global[slot] = { settings: { mallardUrl } };
});
afterAll(() => {
  delete global[slot];
});

function post(body: string, headers: Record<string, string>): Promise<Response> {
  const request = new Request(`${mallardUrl}/api/auth/callback/credentials`, {
    method: "POST",
    body,
    headers,
  });
  const params = Promise.resolve({ nextauth: ["callback", "credentials"] });
  return handleAuth(request as NextRequest, { params });
}

test.each([
  ["{", "application/json"],
  ["[]", "application/json; charset=utf-8"],
  ["--x", "multipart/form-data; boundary=x"],
  ["a", "text/plain"],
  ["a=b", "application/x-www-form-urlencodedx"],
])("a sign-in that is no form is refused before it is read: %s as %s", async (body, type) => {
  const answer = await post(body, { origin: mallardUrl, "content-type": type });
  expect(answer.status).toBe(415);
});

test("a sign-in from a page of another site leaves a line in the log of security", async () => {
  const log = vi.spyOn(console, "info").mockImplementation(() => {});
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const answer = await post("a=b", { origin: "https://evil.example", ...form });
  const line = JSON.parse(String(log.mock.lastCall?.[0]));
  log.mockRestore();
  expect(answer.status).toBe(403);
  expect(line).toMatchObject({ event: "request", outcome: "foreign_origin", log: "security" });
});
