import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { manualClock } from "@/lib/kernel/clock";
import { newId } from "@/lib/kernel/id";
import { purposeKeys } from "@/lib/kernel/purpose-key";
import { createPeople, knownPassword, type People } from "@/lib/testing/people";
import { changePassword } from "./change-password";
import { type DeviceCookie, newDeviceCookie } from "./known-device";
import { hashPassword } from "./password";
import { openSessions, readSession, revokeSession, revokeSessions } from "./session";
import { signIn } from "./sign-in";

const clock = manualClock(new Date("2026-11-20T10:00:00Z"));
const wrong = { ok: false, refusal: { code: "wrong_credentials" } };
let people: People;
let addresses = 0;

beforeAll(async () => {
  people = await createPeople(clock);
});
afterAll(() => people.close());

/** From an address of one's own, so that no test uses up another's attempts. */
function from(address = `10.0.0.${++addresses}`) {
  return { address, userAgent: "a browser" };
}

async function signedIn(email: string) {
  const result = await signIn(people.context, { email, password: knownPassword }, from());
  if (!result.ok) throw new Error(result.refusal.code);
  return result.value;
}

describe("signing in", () => {
  test("with address and password begins a session, however the address is written", async () => {
    const { id, email } = await people.user();
    const { userId, sessionId } = await signedIn(` ${email.toUpperCase()} `);
    expect(userId).toBe(id);
    expect(await readSession(people.context, sessionId, userId)).toMatchObject({ userId, sessionId, email });
    expect(await openSessions(people.context, { userId: id, staffRole: null })).toMatchObject([
      { id: sessionId, userAgent: "a browser" },
    ]);
  });

  test.each([
    ["a wrong password", knownPassword.toUpperCase()],
    ["no password", ""],
    ["a password of any length", "x".repeat(1000)],
  ])("is refused with %s", async (_what, password) => {
    const { email } = await people.user();
    expect(await signIn(people.context, { email, password }, from())).toEqual(wrong);
  });

  test("is refused in the same words for an unknown address, a user without a password and a disabled one", async () => {
    const { email: without } = await people.user({ password: false });
    const { email: disabled } = await people.user();
    await people.owner`update users set disabled_at = now() where email = ${disabled}`;
    for (const email of [
      "nobody@example.com",
      without,
      disabled,
      "",
      "\0",
      `${"x".repeat(300)}@example.com`,
    ]) {
      expect(await signIn(people.context, { email, password: knownPassword }, from())).toEqual(wrong);
    }
  });

  test("to one account from one place is limited, whether it exists or not, and says for how long", async () => {
    const { email } = await people.user();
    for (const tried of [email, "unknown@example.com"]) {
      const here = from();
      for (let attempt = 1; attempt <= 10; attempt += 1) {
        expect(await signIn(people.context, { email: tried, password: "wrong" }, here)).toEqual(wrong);
      }
      const limited = await signIn(people.context, { email: tried, password: knownPassword }, here);
      expect(limited).toMatchObject({ ok: false, refusal: { code: "too_many_attempts" } });
      const { retryAfterSeconds } = (limited as { refusal: { retryAfterSeconds: number } }).refusal;
      expect(retryAfterSeconds).toBeGreaterThan(0);
      expect(retryAfterSeconds).toBeLessThanOrEqual(15 * 60);
    }
  });

  test("lets no more guesses through when they come at once", async () => {
    const { email } = await people.user();
    const here = from();
    const guesses = Array.from({ length: 30 }, () =>
      signIn(people.context, { email, password: "wrong" }, here),
    );
    const codes = (await Promise.all(guesses)).map((result) => (result.ok ? "in" : result.refusal.code));
    expect(codes.filter((code) => code === "wrong_credentials")).toHaveLength(10);
    expect(codes.filter((code) => code === "too_many_attempts")).toHaveLength(20);
  });

  test("is not prevented by somebody else's guesses from another place", async () => {
    const { email } = await people.user();
    const elsewhere = from();
    for (let guess = 1; guess <= 12; guess += 1) {
      await signIn(people.context, { email, password: "wrong" }, elsewhere);
    }
    expect(await signIn(people.context, { email, password: knownPassword }, elsewhere)).toMatchObject({
      ok: false,
    });
    expect(await signIn(people.context, { email, password: knownPassword }, from())).toMatchObject({
      ok: true,
    });
  });

  test("from a known device goes on while many places guess, and has guesses of its own", async () => {
    const { email } = await people.user();
    const first = await signedIn(email);
    expect(first.device).not.toBeNull();
    const cookies = `other=1; ${first.device?.name}=${first.device?.value}`;
    // A hundred guesses, from as many places, are all that an account takes in an hour.
    const spread = await Promise.all(
      Array.from({ length: 105 }, () => signIn(people.context, { email, password: "wrong" }, from())),
    );
    expect(spread.filter((one) => !one.ok && one.refusal.code === "too_many_attempts")).toHaveLength(5);
    const right = { email, password: knownPassword };
    expect(await signIn(people.context, right, from())).toMatchObject({ ok: false });
    expect(await signIn(people.context, right, { ...from(), cookies })).toMatchObject({
      ok: true,
      value: { device: null },
    });
    for (let guess = 1; guess <= 10; guess += 1) {
      await signIn(people.context, { email, password: "wrong" }, { ...from(), cookies });
    }
    expect(await signIn(people.context, right, { ...from(), cookies })).toMatchObject({
      refusal: { code: "too_many_attempts" },
    });
  });

  test("knows a device by what we signed for this account alone", async () => {
    const [one, other] = [await people.user(), await people.user()];
    const { device } = await signedIn(one.email);
    const enter = (email: string, cookies: string) =>
      signIn(people.context, { email, password: knownPassword }, { ...from(), cookies });
    const [{ hash: passwordHash } = { hash: null }] = await people.owner<{ hash: string }[]>`
      select password_hash as hash from users where id = ${other.id}`;
    const forOther = newDeviceCookie(purposeKeys(people.context.settings).deviceKey, {
      email: other.email,
      passwordHash,
    });
    const [deviceId] = (device?.value ?? "").split(".");
    for (const value of [
      forOther.value,
      `${deviceId}.`,
      `${deviceId}.x`,
      `${newId()}.${device?.value}`,
      "",
    ]) {
      expect(await enter(one.email, `${device?.name}=${value}`)).toMatchObject({
        value: { device: { name: device?.name } },
      });
    }
    expect(await enter(one.email, `${device?.name}=${device?.value}`)).toMatchObject({
      value: { device: null },
    });
  });

  test("knows no device any more once the password is another, however it became one", async () => {
    const { id, email } = await people.user();
    const { device: thiefs } = await signedIn(email);
    const mails = async () =>
      (await people.owner`select 1 from login_mails where email = ${email} and kind = 'new_device'`).length;
    const enter = (password: string, cookie: DeviceCookie | null) =>
      signIn(people.context, { email, password }, { ...from(), cookies: `${cookie?.name}=${cookie?.value}` });
    const chosen = "quiet pond in autumn";
    const session = await signedIn(email);
    const before = await mails();
    const changed = await changePassword(
      people.context,
      { userId: id, email, sessionId: session.sessionId },
      { present: knownPassword, next: chosen },
    );
    if (!changed.ok) throw new Error(changed.refusal.code);
    // The browser in which it was changed is given a new cookie, and nobody is alarmed by it.
    expect(await enter(chosen, changed.value.device)).toMatchObject({ ok: true, value: { device: null } });
    expect(await mails()).toBe(before);
    expect(await enter(chosen, thiefs)).toMatchObject({
      ok: true,
      value: { device: { name: thiefs?.name } },
    });
    expect(await mails()).toBe(before + 1);
    await people.owner`update users set password_hash = ${await hashPassword(chosen)} where id = ${id}`;
    expect(await enter(chosen, changed.value.device)).toMatchObject({ value: { device: expect.anything() } });
    expect(await mails()).toBe(before + 2);
  });

  test("from a new device is told by mail, but for the first of all", async () => {
    const { email } = await people.user();
    const mails = async () =>
      (await people.owner`select detail from login_mails where email = ${email} and kind = 'new_device'`).map(
        ({ detail }) => detail,
      );
    const { device } = await signedIn(email);
    expect(await mails()).toEqual([]);
    const cookies = `${device?.name}=${device?.value}`;
    await signIn(people.context, { email, password: knownPassword }, { ...from(), cookies });
    expect(await mails()).toEqual([]);
    await signIn(people.context, { email, password: knownPassword }, from("192.0.2.9"));
    expect(await mails()).toEqual([{ address: "192.0.2.9" }]);
  });

  test("from this machine is not counted as one visitor: a proxy would be everybody", async () => {
    for (const here of ["127.0.0.1", "::1"]) {
      const guesses = Array.from({ length: 70 }, (_, guess) =>
        signIn(people.context, { email: `local-${guess}@example.com`, password: "x" }, from(here)),
      );
      for (const answer of await Promise.all(guesses)) expect(answer).toEqual(wrong);
      // Nor for one account: its owner comes by the same proxy, on a device that nobody knows.
      const { email } = await people.user();
      for (let guess = 1; guess <= 11; guess += 1)
        expect(await signIn(people.context, { email, password: "x" }, from(here))).toEqual(wrong);
      const owner = { email, password: knownPassword };
      expect(await signIn(people.context, owner, from(here))).toMatchObject({ ok: true });
    }
  });

  test("hashes a password of before they had one spelling anew, and ends no session for it", async () => {
    const { id, email } = await people.user();
    const password = "café über den Teich".normalize("NFD");
    const before = await signedIn(email);
    await people.owner`update users set password_hash = ${await hash(password)} where id = ${id}`;
    const enter = (typed: string) => signIn(people.context, { email, password: typed }, from());
    expect(await enter(password.normalize("NFC"))).toEqual(wrong);
    expect(await enter(password)).toMatchObject({ ok: true });
    expect(await enter(password.normalize("NFC"))).toMatchObject({ ok: true });
    expect(await enter(password)).toMatchObject({ ok: true });
    expect(await readSession(people.context, before.sessionId, id)).not.toBeNull();
  });

  test("from one address is limited over all accounts, and a success is not counted", async () => {
    const { email } = await people.user();
    const here = from("2001:db8:1:2::3");
    const right = { email, password: knownPassword };
    const tries: Promise<unknown>[] = [];
    for (let attempt = 1; attempt <= 59; attempt += 1) {
      tries.push(signIn(people.context, { email: `guess-${attempt}@example.com`, password: "x" }, here));
    }
    await Promise.all(tries);
    expect(await signIn(people.context, right, here)).toMatchObject({ ok: true });
    expect(await signIn(people.context, right, here)).toMatchObject({ ok: true });
    expect(await signIn(people.context, { email, password: "x" }, here)).toEqual(wrong);
    // Another address of the same subscriber is the same.
    const neighbour = from("2001:db8:1:2:aaaa::9");
    expect(await signIn(people.context, right, neighbour)).toMatchObject({
      refusal: { code: "too_many_attempts" },
    });
    expect(await signIn(people.context, right, from("2001:db8:1:3::3"))).toMatchObject({ ok: true });
  });

  test("forgets the misses of an account after a success", async () => {
    const { email } = await people.user();
    const here = from();
    for (let round = 1; round <= 3; round += 1) {
      for (let miss = 1; miss <= 9; miss += 1) {
        await signIn(people.context, { email, password: "wrong" }, here);
      }
      expect(await signIn(people.context, { email, password: knownPassword }, here)).toMatchObject({
        ok: true,
      });
    }
  });

  test("keeps no address and no account in the table of attempts", async () => {
    const { email } = await people.user();
    await signIn(people.context, { email, password: "wrong" }, from("192.0.2.77"));
    const keys = await people.owner<{ key: string }[]>`select key from sign_in_attempts`;
    expect(keys.filter(({ key }) => key.includes("192.0.2") || key.includes("@"))).toEqual([]);
  });
});

describe("a session", () => {
  test("is one of at most twenty: the oldest end, also when many begin at once", async () => {
    const { id, email } = await people.user();
    const first = await signedIn(email);
    clock.advance(1000);
    const many = await Promise.all(Array.from({ length: 30 }, () => signedIn(email)));
    const open = await people.owner`select id from sessions where user_id = ${id} and revoked_at is null`;
    expect(open).toHaveLength(20);
    expect(await readSession(people.context, first.sessionId, id)).toBeNull();
    clock.advance(1000);
    const newest = await signedIn(email);
    expect(await readSession(people.context, newest.sessionId, id)).not.toBeNull();
    const kept = await Promise.all(many.map(({ sessionId }) => readSession(people.context, sessionId, id)));
    expect(kept.filter((session) => session !== null)).toHaveLength(19);
  });

  test("that is revoked is over at once, and no other", async () => {
    const { id, email } = await people.user();
    const first = await signedIn(email);
    const second = await signedIn(email);
    await revokeSession(people.context, id, first.sessionId);
    expect(await readSession(people.context, first.sessionId, id)).toBeNull();
    expect(await readSession(people.context, second.sessionId, id)).not.toBeNull();
    expect(await openSessions(people.context, { userId: id, staffRole: null })).toMatchObject([
      { id: second.sessionId },
    ]);
  });

  test("of somebody else cannot be revoked, nor read", async () => {
    const { email, id } = await people.user();
    const { id: other } = await people.user();
    const { sessionId } = await signedIn(email);
    await revokeSession(people.context, other, sessionId);
    expect(await readSession(people.context, sessionId, other)).toBeNull();
    expect(await readSession(people.context, sessionId, id)).not.toBeNull();
  });

  test("ends everywhere when all are revoked", async () => {
    const { id, email } = await people.user();
    const sessions = [await signedIn(email), await signedIn(email)];
    await revokeSessions(people.context, id);
    for (const { sessionId } of sessions) expect(await readSession(people.context, sessionId, id)).toBeNull();
  });

  test("ends when its user is disabled", async () => {
    const { id, email } = await people.user();
    const { sessionId } = await signedIn(email);
    await people.owner`update users set disabled_at = ${clock.now()} where id = ${id}`;
    expect(await readSession(people.context, sessionId, id)).toBeNull();
  });

  test("of a customer lasts a day unused and a week in all", async () => {
    const { id, email } = await people.user();
    const { sessionId } = await signedIn(email);
    const dayMs = 24 * 3_600_000;
    for (let day = 1; day <= 6; day += 1) {
      clock.advance(dayMs);
      expect(await readSession(people.context, sessionId, id)).not.toBeNull();
    }
    const { sessionId: unused } = await signedIn(email);
    clock.advance(dayMs);
    expect(await readSession(people.context, sessionId, id)).toBeNull();
    clock.advance(1);
    expect(await readSession(people.context, unused, id)).toBeNull();
  });

  test("of staff lasts an hour unused and half a day in all", async () => {
    const { id, email } = await people.user();
    await people.staff(id, "support");
    const { sessionId } = await signedIn(email);
    const hourMs = 3_600_000;
    for (let hour = 1; hour <= 11; hour += 1) {
      clock.advance(hourMs);
      expect(await readSession(people.context, sessionId, id)).toMatchObject({ staffRole: "support" });
    }
    clock.advance(hourMs);
    expect(await readSession(people.context, sessionId, id)).toBeNull();
    const { sessionId: unused } = await signedIn(email);
    clock.advance(hourMs + 1);
    expect(await readSession(people.context, unused, id)).toBeNull();
  });

  test("knows the person's customers, oldest first, as they are now", async () => {
    const { id, email } = await people.user();
    const [first, second] = [await people.customer(), await people.customer()];
    await people.member(id, second, "viewer");
    clock.advance(1000);
    await people.member(id, first);
    const { sessionId } = await signedIn(email);
    expect(await readSession(people.context, sessionId, id)).toMatchObject({
      staffRole: null,
      memberships: [
        { customerId: second, role: "viewer" },
        { customerId: first, role: "owner" },
      ],
    });
    await people.owner`delete from memberships where user_id = ${id} and customer_id = ${second}`;
    expect(await readSession(people.context, sessionId, id)).toMatchObject({
      memberships: [{ customerId: first }],
    });
  });

  test("knows whether the person is staff still", async () => {
    const { id, email } = await people.user();
    await people.staff(id, "finance");
    const { sessionId } = await signedIn(email);
    expect(await readSession(people.context, sessionId, id)).toMatchObject({ staffRole: "finance" });
    await people.owner`update staff set disabled_at = now() where user_id = ${id}`;
    expect(await readSession(people.context, sessionId, id)).toMatchObject({ staffRole: null });
  });
});

describe("the two doors", () => {
  const enter = (email: string, section: "portal" | "admin", password = knownPassword) =>
    signIn(people.context, { email, password }, from(), section);

  async function shownTo(email: string, section: "portal" | "admin") {
    const entered = await enter(email, section);
    if (!entered.ok) throw new Error(entered.refusal.code);
    const { userId, sessionId } = entered.value;
    return readSession(people.context, sessionId, userId);
  }

  test("that of staff refuses a customer's login as it refuses a wrong password", async () => {
    const { id, email } = await people.user();
    await people.member(id, await people.customer());
    expect(await enter(email, "admin")).toEqual(wrong);
    expect(await enter(email, "admin", "something else")).toEqual(wrong);
    expect(await enter(email, "portal")).toMatchObject({ ok: true });
  });

  test("refuse staff who do not work here any more at that of staff", async () => {
    const { id, email } = await people.user();
    await people.staff(id, "admin");
    expect(await enter(email, "admin")).toMatchObject({ ok: true });
    await people.owner`update staff set disabled_at = now() where user_id = ${id}`;
    expect(await enter(email, "admin")).toEqual(wrong);
  });

  test("open one section each to whoever is staff and a customer's member", async () => {
    const { id, email } = await people.user();
    await people.member(id, await people.customer());
    await people.staff(id, "finance");
    expect(await shownTo(email, "portal")).toMatchObject({
      staffRole: null,
      memberships: [{ role: "owner" }],
    });
    expect(await shownTo(email, "admin")).toMatchObject({ staffRole: "finance", memberships: [] });
  });

  test("both lead staff who belong to no customer to their section", async () => {
    const { id, email } = await people.user();
    await people.staff(id, "support");
    expect(await shownTo(email, "portal")).toMatchObject({ staffRole: "support" });
    expect(await shownTo(email, "admin")).toMatchObject({ staffRole: "support" });
  });
});
