import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { manualClock } from "@/lib/kernel/clock";
import { type CustomerId, newId, type UserId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import { createPeople, type People } from "@/lib/testing/people";
import { shownRequest } from "@/lib/testing/shown-request";
import { actionKind, carrying, customerAction, publicAction, staffAction, userAction } from "./action";
import { chooseCustomer, currentUser, requireCustomer, requireStaff } from "./current";
import { sessionCookieName } from "./next-auth-options";
import { beginSession, revokeSession } from "./session";

// A request, as Next would show it to the code under test.
const request = shownRequest();

const clock = manualClock(new Date());
let people: People;
let own: string;

beforeAll(async () => {
  people = await createPeople(clock);
  own = people.context.settings.mallardUrl;
  (globalThis as Record<symbol, unknown>)[Symbol.for("mallard.context")] = people.context;
});
afterAll(() => people.close());
beforeEach(() => {
  request.headers.clear();
  request.cookies.clear();
  request.headers.set("origin", own);
});

async function signInAs(userId: UserId) {
  const { context } = people;
  const sessionId = await beginSession(context, userId, { address: "::1", userAgent: null });
  const { nextauthSecret: secret } = context.settings;
  const token = await encode({ token: { sub: userId, sid: sessionId }, secret });
  request.cookies.set(sessionCookieName(context.settings), token);
  return sessionId;
}

async function owner() {
  const { id } = await people.user();
  const customerId = await people.customer();
  await people.member(id, customerId);
  return { id, customerId };
}

const Input = z.strictObject({ note: z.string(), invoiceIds: z.array(z.string()).optional() });
const seen = vi.fn();
const ofCustomers = customerAction(Input, async (actor, input) => {
  seen(actor, input);
  return input.note === "no" ? refuse({ code: "no_thanks" }) : ok(input.note);
});
/** As on a page of whatever customer: for what is refused before it matters. */
const forCustomers = carrying({ customerId: newId<CustomerId>() }, ofCustomers);
const forUsers = userAction(Input, async ({ userId }) => ok(userId));
const forFinance = staffAction("invoice.void", Input, async ({ role }) => ok(role));
const forAll = publicAction(Input, async (visitor, { note }) => {
  if (note === "break") throw new Error("secret of the house");
  return ok(visitor.address);
});
beforeEach(() => seen.mockClear());

describe("an action", () => {
  test("runs for a signed-in customer, with the actor that the session names", async () => {
    const { id, customerId } = await owner();
    const sessionId = await signInAs(id);
    const forCustomers = carrying({ customerId }, ofCustomers);
    expect(await forCustomers({ note: "hello" })).toEqual({ ok: true, value: "hello" });
    expect(seen).toHaveBeenCalledWith({ userId: id, sessionId, customerId }, { note: "hello" });
    expect(await forCustomers({ note: "no" })).toEqual({ ok: false, refusal: { code: "no_thanks" } });
  });

  test("takes a form, alone or after a state, with lists by their names", async () => {
    const { id, customerId } = await owner();
    await signInAs(id);
    const forCustomers = carrying({ customerId }, ofCustomers);
    const form = new FormData();
    form.set("note", "hello");
    form.append("invoiceIds[]", "a");
    form.set("$ACTION_ID_1", "React's own");
    expect(await forCustomers(form)).toMatchObject({ ok: true });
    expect(await forCustomers(null, form)).toMatchObject({ ok: true });
    expect(seen).toHaveBeenLastCalledWith(expect.anything(), { note: "hello", invoiceIds: ["a"] });
    form.append("note", "twice");
    expect(await forCustomers(form)).toEqual({
      ok: false,
      refusal: { code: "invalid_input", fields: ["note"] },
    });
  });

  test.each([
    ["an unknown key", { note: "x", customerId: "mine" }, ["customerId"]],
    ["a key of a prototype", JSON.parse('{"note":"x","__proto__":{"role":"admin"}}'), ["__proto__"]],
    ["a missing key", {}, ["note"]],
    ["another type", { note: 7 }, ["note"]],
    ["no object", "note", [""]],
    ["a zero byte", { note: "x", invoiceIds: ["a", "b\0"] }, ["invoiceIds.1"]],
    ["half of a surrogate pair", { note: "\ud83e", invoiceIds: [] }, ["note"]],
    ["nothing", undefined, ["note"]],
  ])("refuses %s and does nothing", async (_what, input, fields) => {
    const { id, customerId } = await owner();
    await signInAs(id);
    expect(await carrying({ customerId }, ofCustomers)(input as never)).toEqual({
      ok: false,
      refusal: { code: "invalid_input", fields },
    });
    expect(seen).not.toHaveBeenCalled();
  });

  test("is handed texts as people see them: no control character that came along with a copy", async () => {
    const { id, customerId } = await owner();
    await signInAs(id);
    const given = { note: "a\u0001b\vc\u0085d\te\r\nf\u009b", invoiceIds: ["\u007fg", "\u{1f986}"] };
    expect(await carrying({ customerId }, ofCustomers)(given)).toMatchObject({ ok: true });
    const seenAs = { note: "ab c d\te\r\nf", invoiceIds: ["g", "\u{1f986}"] };
    expect(seen).toHaveBeenCalledWith(expect.anything(), seenAs);
  });

  test.each([
    ["no Origin", undefined],
    ["a foreign Origin", "https://evil.example"],
  ])("refuses %s, whatever host is forged, and also without anyone signed in", async (_what, origin) => {
    await signInAs((await owner()).id);
    request.headers.delete("origin");
    if (origin) request.headers.set("origin", origin);
    request.headers.set("x-forwarded-host", "evil.example");
    const refused = { ok: false, refusal: { code: "foreign_origin", address: own } };
    expect(await forCustomers({ note: "x" })).toEqual(refused);
    expect(await forAll({ note: "x" })).toEqual(refused);
    expect(seen).not.toHaveBeenCalled();
  });

  test("for customers or staff is nothing for the signed-out, before their input is looked at", async () => {
    const signedOut = { ok: false, refusal: { code: "signed_out" } };
    expect(await forCustomers({} as never)).toEqual(signedOut);
    expect(await forFinance({} as never)).toEqual(signedOut);
    expect(await forAll({ note: "x" })).toMatchObject({ ok: true });
  });

  test("is over at once with its session", async () => {
    const { id, customerId } = await owner();
    const sessionId = await signInAs(id);
    const forCustomers = carrying({ customerId }, ofCustomers);
    expect(await forCustomers({ note: "x" })).toMatchObject({ ok: true });
    await revokeSession(people.context, id, sessionId);
    expect(await forCustomers({ note: "x" })).toMatchObject({ refusal: { code: "signed_out" } });
  });

  test("of users is for everybody who is signed in, with a customer or without one", async () => {
    expect(await forUsers({ note: "x" })).toEqual({ ok: false, refusal: { code: "signed_out" } });
    const { id } = await people.user();
    await signInAs(id);
    expect(await forUsers({ note: "x" })).toEqual({ ok: true, value: id });
  });

  test("of customers is not for people without one, and of staff not for customers or lower roles", async () => {
    const { id: staffId } = await people.user();
    await people.staff(staffId, "support");
    await signInAs(staffId);
    const notAllowed = { ok: false, refusal: { code: "not_allowed" } };
    expect(await forCustomers({ note: "x" })).toEqual(notAllowed);
    expect(await forFinance({ note: "x" })).toEqual(notAllowed);
    await people.owner`update staff set role = 'finance' where user_id = ${staffId}`;
    expect(await forFinance({ note: "x" })).toEqual({ ok: true, value: "finance" });
    await people.owner`update staff set role = 'admin' where user_id = ${staffId}`;
    const before = request.refreshes;
    expect(await forFinance({ note: "x" })).toEqual({ ok: true, value: "admin" });
    expect(request.refreshes, "the figures of the page are fresh").toBe(before + 1);
    await signInAs((await owner()).id);
    expect(await forFinance({ note: "x" })).toEqual(notAllowed);
  });

  test("that breaks tells the browser an id, and the log the rest under it", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await forAll({ note: "break" });
    expect(answer).toEqual({
      ok: false,
      refusal: { code: "fault", id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    const written = String(log.mock.lastCall?.[0]);
    log.mockRestore();
    expect(JSON.parse(written)).toMatchObject({ message: "secret of the house" });
    expect(written).toContain(answer.ok ? "" : (answer.refusal as { id: string }).id);
  });

  test("lets a redirect through", async () => {
    const { redirect } = await import("next/navigation");
    const leaving = publicAction(z.strictObject({}), async () => redirect("/invoices"));
    await expect(leaving({})).rejects.toThrow("NEXT_REDIRECT");
  });

  test("whose schema would let unknown keys pass cannot be made", () => {
    const act = async () => ok();
    for (const schema of [
      z.object({}),
      z.looseObject({}),
      z.strictObject({ part: z.object({ amount: z.string() }) }),
      z.strictObject({ parts: z.array(z.object({})) }),
      z.strictObject({ part: z.record(z.string(), z.string()).optional() }),
      z.strictObject({ part: z.any() }),
      z.union([z.strictObject({}), z.object({})]),
      z.string(),
    ]) {
      expect(() => publicAction(schema, act)).toThrow("unknown keys");
    }
    const strict = z.strictObject({
      parts: z.array(z.strictObject({ amount: z.string().transform(Number) })).default([]),
      how: z.discriminatedUnion("kind", [z.strictObject({ kind: z.literal("a") })]).nullable(),
    });
    expect(
      actionKind(
        publicAction(
          strict.refine(() => true),
          act,
        ),
      ),
    ).toBe("public");
  });
});

describe("the current user", () => {
  test.each([
    ["no cookie", () => undefined],
    ["an empty one", () => ""],
    ["nonsense", () => "nonsense"],
    [
      "a token of another secret",
      () => encode({ token: { sub: newId(), sid: newId() }, secret: "x".repeat(40) }),
    ],
    ["a token that names no session", () => encodeOwn({ sub: newId() })],
    ["a token of a session that is not there", () => encodeOwn({ sub: newId(), sid: newId() })],
    ["a token whose session is no id", () => encodeOwn({ sub: newId(), sid: "'; drop table sessions" })],
  ])("is nobody with %s", async (_what, cookie) => {
    const value = await cookie();
    if (value !== undefined) request.cookies.set(sessionCookieName(people.context.settings), value);
    expect(await currentUser()).toBeNull();
    await expect(requireCustomer("/invoices?status=open")).rejects.toMatchObject({
      digest: expect.stringContaining("/sign-in?callbackUrl=%2Finvoices%3Fstatus%3Dopen"),
    });
    await expect(requireCustomer("//evil.example")).rejects.toMatchObject({
      digest: expect.stringMatching(/;\/sign-in;/),
    });
  });

  test("is not whom a bearer header names", async () => {
    const { id } = await owner();
    await signInAs(id);
    const token = request.cookies.get(sessionCookieName(people.context.settings));
    request.cookies.clear();
    request.headers.set("authorization", `Bearer ${token}`);
    expect(await currentUser()).toBeNull();
  });

  test("acts for the first of several customers, or for the one that was chosen and is still theirs", async () => {
    const { id, customerId: first } = await owner();
    const second = await people.customer();
    clock.advance(1000);
    await people.member(id, second, "viewer");
    const strange = await people.customer();
    await signInAs(id);
    const acting = async () => (await requireCustomer()).customerId;
    const choose = async (customerId: CustomerId) => {
      const user = await currentUser();
      return user !== null && chooseCustomer(user, customerId);
    };
    expect(await acting()).toBe(first);
    expect(await choose(second)).toBe(true);
    expect(await acting()).toBe(second);
    expect(await choose(strange)).toBe(false);
    expect(await acting()).toBe(second);
    request.cookies.set("mallard_customer", strange);
    expect(await acting()).toBe(first);
    await choose(second);
    await people.owner`delete from memberships where user_id = ${id} and customer_id = ${second}`;
    expect(await acting()).toBe(first);
  });

  test("finds staff pages only as staff, and customers' pages only with a customer", async () => {
    const { id } = await people.user();
    await signInAs(id);
    const nothing = { digest: expect.stringContaining("404") };
    await expect(requireCustomer()).rejects.toMatchObject(nothing);
    await expect(requireStaff()).rejects.toMatchObject(nothing);
    await people.staff(id, "auditor");
    await signInAs(id);
    expect(await requireStaff()).toMatchObject({ userId: id, role: "auditor" });
    await expect(requireCustomer()).rejects.toMatchObject({ digest: expect.stringContaining(";/admin;") });
  });
});

function encodeOwn(token: Record<string, string>) {
  return encode({ token, secret: people.context.settings.nextauthSecret });
}
