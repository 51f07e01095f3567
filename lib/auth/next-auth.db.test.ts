import NextAuth from "next-auth";
import { decode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { systemClock } from "@/lib/kernel/clock";
import { createPeople, knownPassword, type People } from "@/lib/testing/people";
import { idsOfToken, nextAuthOptions, sessionCookieName } from "./next-auth-options";
import { readSession } from "./session";

let people: People;

beforeAll(async () => {
  people = await createPeople(systemClock);
  process.env.NEXTAUTH_URL = people.context.settings.mallardUrl;
});
afterAll(() => people.close());

interface Answer {
  status: number;
  body: Record<string, string>;
  setCookies: string[];
}

/** next-auth's own handler, as the route calls it, with a browser's cookies. */
async function ask(
  method: "GET" | "POST",
  path: string,
  jar: Map<string, string>,
  body: Record<string, string> = {},
): Promise<Answer> {
  const answer: Answer = { status: 200, body: {}, setCookies: [] };
  const response = {
    status(status: number) {
      answer.status = status;
      return response;
    },
    getHeader: () => answer.setCookies,
    setHeader(name: string, value: string | string[]) {
      if (name.toLowerCase() === "set-cookie") answer.setCookies = [value].flat();
      return response;
    },
    json: (sent: Record<string, string>) => Object.assign(answer.body, sent),
    send: (sent: Record<string, string>) => Object.assign(answer.body, sent),
    end: () => {},
  };
  const request = {
    method,
    query: { nextauth: path.split("/") },
    body,
    cookies: Object.fromEntries(jar),
    headers: { "user-agent": "a browser" },
  };
  const handle = NextAuth as unknown as (...given: unknown[]) => Promise<void>;
  await handle(request, response, nextAuthOptions(people.context));
  for (const line of answer.setCookies) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    jar.set(name, decodeURIComponent(value));
  }
  return answer;
}

async function post(path: string, jar: Map<string, string>, body: Record<string, string>): Promise<Answer> {
  const { body: found } = await ask("GET", "csrf", jar);
  return ask("POST", path, jar, { csrfToken: found.csrfToken ?? "", json: "true", ...body });
}

const cookieName = "__Secure-next-auth.session-token";

async function tokenIn(jar: Map<string, string>) {
  const token = await decode({
    token: jar.get(cookieName) ?? "",
    secret: people.context.settings.nextauthSecret,
  });
  return { token, ids: idsOfToken(token) };
}

describe("signing in through next-auth", () => {
  test("sets one cookie: HttpOnly, SameSite=Lax, Secure on https, naming a session and nobody", async () => {
    const { id, email } = await people.user();
    const jar = new Map<string, string>();
    const answer = await post("callback/credentials", jar, { email, password: knownPassword });
    expect(answer.status).toBe(200);
    const line = answer.setCookies.find((cookie) => cookie.startsWith(cookieName)) ?? "";
    expect(line).toMatch(/; Path=\/; /);
    for (const part of ["HttpOnly", "Secure", "SameSite=Lax"]) expect(line).toContain(`; ${part}`);
    expect(line).not.toContain("Domain");
    const { token, ids } = await tokenIn(jar);
    expect(ids?.userId).toBe(id);
    expect(Object.keys(token ?? {}).sort()).toEqual(["exp", "iat", "jti", "sid", "sub"]);
    expect(ids && (await readSession(people.context, ids.sessionId, ids.userId))).toMatchObject({ email });
    expect(sessionCookieName({ mallardUrl: "http://127.0.0.1:3000" })).toBe("next-auth.session-token");
  });

  test("says why not in a code, and sets no session", async () => {
    const { email } = await people.user();
    const jar = new Map<string, string>();
    const log = vi.spyOn(console, "info");
    const answer = await post("callback/credentials", jar, { email, password: "wrong guess" });
    expect(JSON.parse(String(log.mock.lastCall?.[0]))).toMatchObject({ outcome: "wrong_credentials" });
    expect(log.mock.calls.flat().join()).not.toMatch(/wrong guess/);
    // A password typed into the field for the address is not kept either.
    await post("callback/credentials", jar, { email: "my secret password", password: "x" });
    expect(log.mock.calls.flat().join()).not.toMatch(/my secret/);
    expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toMatchObject({
      account: email,
      at: expect.any(String),
    });
    expect(answer.status).toBe(401);
    expect(new URL(answer.body.url ?? "").searchParams.get("error")).toBe("wrong_credentials");
    expect(jar.has(cookieName)).toBe(false);
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      await post("callback/credentials", jar, { email, password: "wrong" });
    }
    const limited = await post("callback/credentials", jar, { email, password: knownPassword });
    expect(new URL(limited.body.url ?? "").searchParams.get("error")).toMatch(/^too_many_attempts:\d+$/);
    expect(jar.has(cookieName)).toBe(false);
  });

  test("refuses fields that a sign-in does not have, and one without its CSRF token", async () => {
    const { email } = await people.user();
    const jar = new Map<string, string>();
    await post("callback/credentials", jar, { email, password: knownPassword, role: "admin" });
    await post("callback/credentials", jar, { email, password: knownPassword, csrfToken: "forged" });
    expect(jar.has(cookieName)).toBe(false);
  });

  test("goes to no other site", async () => {
    const { email } = await people.user();
    for (const callbackUrl of [
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
    ]) {
      const jar = new Map<string, string>();
      const answer = await post("callback/credentials", jar, { email, password: knownPassword, callbackUrl });
      expect(answer.body.url).toBe("https://billing.ducky.example/");
    }
  });

  test("and out ends the session in the database too, so that a stolen cookie is worth nothing", async () => {
    const { email } = await people.user();
    const jar = new Map<string, string>();
    await post("callback/credentials", jar, { email, password: knownPassword });
    const { ids } = await tokenIn(jar);
    await post("signout", jar, {});
    expect(jar.get(cookieName)).toBe("");
    expect(ids && (await readSession(people.context, ids.sessionId, ids.userId))).toBeNull();
  });
});
