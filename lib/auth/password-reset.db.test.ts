import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "@/db/client";
import { manualClock } from "@/lib/kernel/clock";
import { newId, type SessionId } from "@/lib/kernel/id";
import { createPeople, knownPassword, type People } from "@/lib/testing/people";
import { changePassword } from "./change-password";
import { isResetOpen, openResetToken, requestPasswordReset, resetPassword } from "./password-reset";
import { readSession } from "./session";
import { signIn } from "./sign-in";

const clock = manualClock(new Date("2026-11-20T10:00:00Z"));
const freshPassword = "quiet pond in autumn";
const notValid = { ok: false, refusal: { code: "link_not_valid" } };
const key = new Uint8Array(32).fill(7);
let people: People;
let jobs: Database;
let addresses = 0;

beforeAll(async () => {
  people = await createPeople(clock);
  jobs = openDatabase({ url: people.context.settings.databaseUrl, role: "mallard_jobs", max: 2 });
});
afterAll(async () => {
  await jobs.close();
  await people.close();
});

function address() {
  return `10.1.0.${++addresses}`;
}

/** The tokens that the worker would mail for a request: none where nobody has the address. */
async function mailed(email: string, from = address()): Promise<string[]> {
  const answer = await requestPasswordReset(people.context, { email, address: from });
  if (!answer.ok) throw new Error(answer.refusal.code);
  const [user] = await people.owner`
    select u.id from login_mails m join users u on u.email = m.email and u.disabled_at is null
    where m.kind = 'password_reset' and m.email = ${email.trim().toLowerCase()} limit 1`;
  return user ? [await openResetToken({ jobs, clock, key }, user.id)] : [];
}

async function tokenFor(email: string): Promise<string> {
  const [token] = await mailed(email);
  if (token === undefined) throw new Error("no mail was sent");
  return token;
}

async function trySignIn(email: string, password: string) {
  return signIn(people.context, { email, password }, { address: address(), userAgent: null });
}

describe("a forgotten password", () => {
  test("is replaced once by the link in the mail, and every session ends", async () => {
    const { id, email } = await people.user();
    const before = await trySignIn(email, knownPassword);
    const token = await tokenFor(` ${email.toUpperCase()}`);
    expect(await isResetOpen(people.context, token)).toBe(true);
    expect(await resetPassword(people.context, { token, password: freshPassword })).toMatchObject({
      ok: true,
    });

    expect(before.ok && (await readSession(people.context, before.value.sessionId, id))).toBeNull();
    expect(await trySignIn(email, knownPassword)).toMatchObject({ refusal: { code: "wrong_credentials" } });
    expect(await trySignIn(email, freshPassword)).toMatchObject({ ok: true });

    expect(await isResetOpen(people.context, token)).toBe(false);
    expect(await resetPassword(people.context, { token, password: "another password" })).toEqual(notValid);
  });

  test("is replaced by one of many who use the link at once", async () => {
    const { email } = await people.user();
    const token = await tokenFor(email);
    const tries = ["a", "b", "c", "d"].map((sign) =>
      resetPassword(people.context, { token, password: `${sign} lamp quiet moss zebra` }),
    );
    const results = await Promise.all(tries);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results.filter(({ ok }) => !ok)).toEqual([notValid, notValid, notValid]);
  });

  test("cannot be replaced after half an hour", async () => {
    const { email } = await people.user();
    const token = await tokenFor(email);
    clock.advance(30 * 60_000 - 1);
    expect(await isResetOpen(people.context, token)).toBe(true);
    clock.advance(1);
    expect(await isResetOpen(people.context, token)).toBe(false);
    expect(await resetPassword(people.context, { token, password: freshPassword })).toEqual(notValid);
  });

  test("cannot be replaced with a token that is not exactly the one in the mail", async () => {
    const { email } = await people.user();
    const token = await tokenFor(email);
    const [stored] = await people.owner<
      { hash: string }[]
    >`select hash from tokens order by created_at desc limit 1`;
    const flipped = (token.startsWith("A") ? "B" : "A") + token.slice(1);
    for (const tried of [
      flipped,
      token.slice(0, -1),
      `${token}=`,
      `${token} `,
      "",
      "\0",
      stored?.hash ?? "",
    ]) {
      expect(await resetPassword(people.context, { token: tried, password: freshPassword })).toEqual(
        notValid,
      );
    }
    expect(await isResetOpen(people.context, token)).toBe(true);
  });

  test("stays as it is when the new one is refused, and the link works on", async () => {
    const { id, email } = await people.user({ email: "marguerite@example.com", name: "M. Teal" });
    const customerId = await people.customer();
    await people.member(id, customerId);
    await people.owner`update customers set name = 'Garganey Ltd' where id = ${customerId}`;
    await people.owner`insert into settings (key, value) values ('host_name', '"Ducky Cloud"')`;
    const token = await tokenFor(email);
    for (const [password, code] of [
      ["short", "password_too_short"],
      ["x".repeat(129), "password_too_long"],
      ["I am MARGUERITE now", "password_contains_email"],
      ["Password123!", "password_common"],
      ["lamp quiet moss Teal", "password_contains_name"],
      ["lamp quiet moss Ducky", "password_contains_name"],
      ["lamp quiet moss Garganey", "password_contains_name"],
    ] as const) {
      expect(await resetPassword(people.context, { token, password })).toMatchObject({ refusal: { code } });
    }
    expect(await trySignIn(email, knownPassword)).toMatchObject({ ok: true });
    expect(await resetPassword(people.context, { token, password: freshPassword })).toMatchObject({
      ok: true,
    });
  });

  test("has twenty tries at a new one by a link: each is work for us", async () => {
    const [one, other] = [await people.user(), await people.user()];
    const [token, others] = [await tokenFor(one.email), await tokenFor(other.email)];
    const choose = (by: string, password: string) => resetPassword(people.context, { token: by, password });
    const codes = await Promise.all(Array.from({ length: 25 }, () => choose(token, "1@4$".repeat(32))));
    const refused = codes.map((answer) => (answer.ok ? "changed" : answer.refusal.code));
    expect(refused.filter((code) => code === "password_weak")).toHaveLength(20);
    expect(refused.filter((code) => code === "too_many_attempts")).toHaveLength(5);
    expect(await choose(token, freshPassword)).toMatchObject({ refusal: { code: "too_many_attempts" } });
    expect(await choose(others, freshPassword)).toMatchObject({ ok: true });
  });

  test("has one link, sent again while it is unused, and void once it was used", async () => {
    const { email } = await people.user();
    const [first, again] = [await tokenFor(email), await tokenFor(email)];
    expect(again).toBe(first);
    // Nearly over, it would be of no use: there is another one, and both are void with the one that is used.
    clock.advance(21 * 60_000);
    const second = await tokenFor(email);
    expect(second).not.toBe(first);
    await resetPassword(people.context, { token: second, password: freshPassword });
    expect(await isResetOpen(people.context, first)).toBe(false);
    expect(await tokenFor(email)).not.toBe(second);
  });

  test("cannot be kept from its owner by others who ask for it", async () => {
    const { email } = await people.user();
    for (let request = 1; request <= 30; request += 1) {
      expect(await requestPasswordReset(people.context, { email, address: address() })).toMatchObject({
        ok: true,
      });
    }
    expect(await isResetOpen(people.context, await tokenFor(email))).toBe(true);
  });

  test("is asked for with the same statements, whoever has the address", async () => {
    const { email } = await people.user();
    const [gone] = [await people.user()];
    await people.owner`update users set disabled_at = now() where id = ${gone.id}`;
    const asked = async (to: string) => {
      await requestPasswordReset(people.context, { email: to, address: address() });
      const [row] = await people.owner`
        select kind, detail, state, attempts from login_mails where email = ${to} order by id desc limit 1`;
      return row;
    };
    const expected = { kind: "password_reset", detail: {}, state: "waiting", attempts: 0 };
    for (const to of [email, gone.email, "nobody-at-all@example.com"]) {
      expect(await asked(to)).toEqual(expected);
    }
    const tokens = await people.owner`
      select from tokens t join users u on u.id = t.user_id where u.email = ${email}`;
    expect(tokens).toHaveLength(0);
  });

  test("is no way in for a disabled user", async () => {
    const { id, email } = await people.user();
    const token = await tokenFor(email);
    await people.owner`update users set disabled_at = ${clock.now()} where id = ${id}`;
    expect(await resetPassword(people.context, { token, password: freshPassword })).toEqual(notValid);
    expect(await mailed(email)).toEqual([]);
  });

  test("gets the same answer for an address that nobody has, and no mail", async () => {
    expect(await mailed("nobody@example.com")).toEqual([]);
    expect(await mailed("")).toEqual([]);
  });

  test("cannot be asked for again and again from one address", async () => {
    const from = address();
    for (let request = 1; request <= 20; request += 1) await mailed(`x${request}@example.com`, from);
    await expect(mailed("x@example.com", from)).rejects.toThrow("too_many_attempts");
  });

  test("lets its owner in again after others guessed too often", async () => {
    const { email } = await people.user();
    const here = { address: address(), userAgent: null };
    const enter = (password: string) => signIn(people.context, { email, password }, here);
    for (let guess = 1; guess <= 11; guess += 1) await enter("wrong");
    expect(await enter(knownPassword)).toMatchObject({ refusal: { code: "too_many_attempts" } });
    const token = await tokenFor(email);
    await resetPassword(people.context, { token, password: freshPassword, address: here.address });
    expect(await enter(freshPassword)).toMatchObject({ ok: true });
  });

  test("is nowhere in the database, and neither is the token", async () => {
    const { email } = await people.user();
    const token = await tokenFor(email);
    const rows = await people.owner`select to_jsonb(t)::text as row from tokens t
      union all select to_jsonb(u)::text from users u`;
    const text = JSON.stringify(rows);
    expect(text).not.toContain(token);
    expect(text).not.toContain(knownPassword);
  });
});

describe("changing a password", () => {
  test("needs the present one, and ends every session but the one it is changed in", async () => {
    const { id: userId, email } = await people.user();
    const [own, session] = [await trySignIn(email, knownPassword), await trySignIn(email, knownPassword)];
    if (!own.ok || !session.ok) throw new Error("they sign in");
    const { sessionId } = own.value;
    const link = await tokenFor(email);
    const change = (present: string, next: string) =>
      changePassword(people.context, { userId, sessionId, email }, { present, next });

    expect(await change("wrong", freshPassword)).toMatchObject({ refusal: { code: "wrong_password" } });
    expect(await change(knownPassword, "short")).toMatchObject({ refusal: { code: "password_too_short" } });
    expect(await trySignIn(email, knownPassword)).toMatchObject({ ok: true });
    expect(await change(knownPassword, freshPassword)).toMatchObject({ ok: true });

    expect(await readSession(people.context, session.value.sessionId, userId)).toBeNull();
    expect(await readSession(people.context, sessionId, userId)).toMatchObject({ userId });
    expect(await isResetOpen(people.context, link)).toBe(false);
    expect(await trySignIn(email, freshPassword)).toMatchObject({ ok: true });
  });

  test("has twenty tries at a new one in a session, however right the present one is", async () => {
    const { id: userId, email } = await people.user();
    const [own, other] = [newId<SessionId>(), newId<SessionId>()];
    const change = async (sessionId: SessionId, next: string) => {
      const input = { present: knownPassword, next };
      const answer = await changePassword(people.context, { userId, email, sessionId }, input);
      return answer.ok ? "changed" : answer.refusal.code;
    };
    const codes: string[] = [];
    for (let guess = 1; guess <= 21; guess += 1) codes.push(await change(own, "1@4$".repeat(32)));
    expect(codes).toEqual([...Array<string>(20).fill("password_weak"), "too_many_attempts"]);
    expect(await change(own, freshPassword)).toBe("too_many_attempts");
    expect(await change(other, freshPassword)).toBe("changed");
  });

  test("happens once of two at the same time, and leaves the session of that one", async () => {
    const { id: userId, email } = await people.user();
    const tries = [1, 2, 3].map(async (number) => {
      const signedIn = await trySignIn(email, knownPassword);
      if (!signedIn.ok) throw new Error("they sign in");
      return { ...signedIn.value, next: `${freshPassword} ${number}` };
    });
    const each = await Promise.all(tries);
    const answers = await Promise.all(
      each.map(({ sessionId, next }) =>
        changePassword(people.context, { userId, sessionId, email }, { present: knownPassword, next }),
      ),
    );
    const winner = answers.findIndex(({ ok }) => ok);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    const open = await people.owner`
      select id from sessions where user_id = ${userId} and revoked_at is null`;
    expect(open.map(({ id }) => id)).toEqual([each[winner]?.sessionId]);
    expect(await trySignIn(email, each[winner]?.next ?? "")).toMatchObject({ ok: true });
  });

  test("is limited for one session, and keeps its owner neither from signing in nor from changing it elsewhere", async () => {
    const { id: userId, email } = await people.user();
    const change = async (sessionId: SessionId, present: string) => {
      const input = { present, next: freshPassword };
      const result = await changePassword(people.context, { userId, email, sessionId }, input);
      return result.ok ? "changed" : result.refusal.code;
    };
    const thief = newId<SessionId>();
    const codes: string[] = [];
    for (let guess = 1; guess <= 11; guess += 1) codes.push(await change(thief, "wrong"));
    expect(codes).toEqual([...Array<string>(10).fill("wrong_password"), "too_many_attempts"]);
    const own = await trySignIn(email, knownPassword);
    expect(own.ok && (await change(own.value.sessionId, knownPassword))).toBe("changed");
    const told = await people.owner`select kind from login_mails where email = ${email}`;
    expect(told).toContainEqual({ kind: "password_changed" });
  });
});
