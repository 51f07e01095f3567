import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { manualClock } from "@/lib/kernel/clock";
import { createPeople, type People } from "@/lib/testing/people";
import { createFirstAdmin, firstAdminLink, isFirstAdminOpen } from "./first-admin";
import { readSession } from "./session";
import { signIn } from "./sign-in";

const clock = manualClock(new Date("2026-11-20T10:00:00Z"));
const baseUrl = "https://billing.ducky.example";
const person = { name: "Ada", email: "Ada@Example.com", password: "quiet pond in autumn", locale: "zh" };
const notValid = { ok: false, refusal: { code: "link_not_valid" } };
let people: People;

beforeEach(async () => {
  people = await createPeople(clock);
});
afterEach(() => people.close());

function newLink() {
  return firstAdminLink({ databaseUrl: people.context.settings.databaseUrl, baseUrl, clock });
}

async function newToken(): Promise<string> {
  const link = await newLink();
  const token = link?.split("/first-admin/")[1];
  if (token === undefined) throw new Error("there was no link");
  return token;
}

describe("the first admin", () => {
  test("comes in by a link that works once, signs in, and then there is no other", async () => {
    const link = await newLink();
    expect(link).toMatch(/^https:\/\/billing\.ducky\.example\/first-admin\/[A-Za-z0-9_-]{43}$/);
    const token = link?.slice(-43) ?? "";
    expect(await isFirstAdminOpen(people.context, token)).toBe(true);
    const made = await createFirstAdmin(people.context, { token, ...person });
    expect(made).toMatchObject({ ok: true });

    const { email, password } = person;
    const inside = await signIn(people.context, { email, password }, { address: "::1", userAgent: null });
    if (!inside.ok) throw new Error(inside.refusal.code);
    const { sessionId, userId } = inside.value;
    expect(await readSession(people.context, sessionId, userId)).toMatchObject({
      name: "Ada",
      email: "ada@example.com",
      locale: "zh",
      staffRole: "admin",
      memberships: [],
    });

    expect(await isFirstAdminOpen(people.context, token)).toBe(false);
    expect(await createFirstAdmin(people.context, { token, ...person, email: "eve@example.com" })).toEqual(
      notValid,
    );
    expect(await newLink()).toBeNull();
  });

  test("is one, also when many use their links at once", async () => {
    const token = await newToken();
    const tries = ["a", "b", "c", "d"].map((name) =>
      createFirstAdmin(people.context, { ...person, token, email: `${name}@example.com` }),
    );
    const results = await Promise.all(tries);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    const [count] =
      await people.owner`select count(*)::int as staff, (select count(*)::int from users) as users from staff`;
    expect(count).toEqual({ staff: 1, users: 1 });
  });

  test("cannot use an older link, a late one, or one that is not quite it", async () => {
    const older = await newToken();
    const token = await newToken();
    expect(await createFirstAdmin(people.context, { ...person, token: older })).toEqual(notValid);
    for (const tried of [`${token}A`, token.slice(1), "", "\0"]) {
      expect(await createFirstAdmin(people.context, { ...person, token: tried })).toEqual(notValid);
    }
    clock.advance(24 * 3_600_000);
    expect(await createFirstAdmin(people.context, { ...person, token })).toEqual(notValid);
  });

  test("is refused with a word for what is wrong, and the link works on", async () => {
    await people.user({ email: "taken@example.com" });
    const token = await newToken();
    for (const [part, code] of [
      [{ email: "no address" }, "email_not_valid"],
      [{ email: "a@b.c\r\nx" }, "email_not_valid"],
      [{ email: "taken@example.com" }, "email_taken"],
      [{ password: "short" }, "password_too_short"],
    ] as const) {
      const refused = await createFirstAdmin(people.context, { ...person, token, ...part });
      expect(refused).toMatchObject({ ok: false, refusal: { code } });
    }
    expect(await createFirstAdmin(people.context, { token, ...person })).toMatchObject({ ok: true });
  });

  test("is judged by the link before the password is, and by the password twenty times", async () => {
    const weak = { ...person, password: "1@4$".repeat(32) };
    const stranger = await createFirstAdmin(people.context, { ...weak, token: "x".repeat(43) });
    expect(stranger).toEqual(notValid);
    const token = await newToken();
    const tries = Array.from({ length: 21 }, () => createFirstAdmin(people.context, { ...weak, token }));
    const codes = (await Promise.all(tries)).map((answer) => (answer.ok ? "made" : answer.refusal.code));
    expect(codes.filter((code) => code === "password_weak")).toHaveLength(20);
    expect(codes.filter((code) => code === "too_many_attempts")).toHaveLength(1);
  });

  test("does not come in by a link for a new password", async () => {
    const { id } = await people.user();
    const token = "A".repeat(43);
    const { hashSecretToken } = await import("./secret-token");
    await people.owner`
      insert into tokens (hash, kind, user_id, created_at, expires_at)
      values (${hashSecretToken(token)}, 'password_reset', ${id}, ${clock.now()}, now() + interval '1 year')`;
    expect(await createFirstAdmin(people.context, { token, ...person })).toEqual(notValid);
  });
});
