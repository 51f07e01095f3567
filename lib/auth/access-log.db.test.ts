import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { changeMemberRole, inviteMember, removeMember } from "@/app/(portal)/settings/members/actions";
import { endOtherSessions } from "@/app/(portal)/settings/sign-in/actions";
import { endSessions, switchLogin } from "@/app/admin/customers/actions";
import { changeTeam } from "@/app/admin/team/actions";
import { manualClock } from "@/lib/kernel/clock";
import type { UserId } from "@/lib/kernel/id";
import { refuse } from "@/lib/kernel/result";
import { createPeople, type People } from "@/lib/testing/people";
import { shownRequest } from "@/lib/testing/shown-request";
import { carrying, customerAction } from "./action";
import { actionName } from "./action-name";
import { sessionCookieName } from "./next-auth-options";
import { securityEvents } from "./security-log";
import { beginSession } from "./session";

const request = shownRequest();

const root = fileURLToPath(new URL("../..", import.meta.url));
const clock = manualClock(new Date());
let people: People;

beforeAll(async () => {
  people = await createPeople(clock);
  (globalThis as Record<symbol, unknown>)[Symbol.for("mallard.context")] = people.context;
});
afterAll(() => people.close());
beforeEach(() => {
  request.headers.clear();
  request.cookies.clear();
  request.headers.set("origin", people.context.settings.mallardUrl);
});

async function signInAs(userId: UserId) {
  const { context } = people;
  const sessionId = await beginSession(context, userId, { address: "::1", userAgent: null }, "admin");
  const { nextauthSecret: secret } = context.settings;
  const token = await encode({ token: { sub: userId, sid: sessionId }, secret });
  request.cookies.set(sessionCookieName(context.settings), token);
}

/** The lines of security that something writes. */
async function written(act: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const log = vi.spyOn(console, "info").mockImplementation(() => {});
  await act();
  const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
  log.mockRestore();
  return lines.filter((line) => line.log === "security");
}

async function company() {
  const [owner, member] = [await people.user(), await people.user()];
  const customerId = await people.customer();
  await people.member(owner.id, customerId);
  await people.member(member.id, customerId, "viewer");
  return { owner, member, customerId };
}

describe("the log of security", () => {
  test("says what owners change of their company's members, and what they are refused", async () => {
    const { owner, member, customerId } = await company();
    await signInAs(owner.id);
    const by = { userId: owner.id, customerId, address: expect.any(String) };
    const change = carrying({ customerId }, changeMemberRole);
    expect(await written(() => change({ userId: member.id, role: "billing" }))).toEqual([
      expect.objectContaining({
        event: "member_changed",
        outcome: "ok",
        subject: member.id,
        change: "billing",
        ...by,
      }),
    ]);
    const remove = carrying({ customerId }, removeMember);
    expect(await written(() => remove({ userId: owner.id }))).toMatchObject([
      { event: "member_removed", outcome: "last_owner", subject: owner.id, ...by },
    ]);
    expect(await written(() => remove({ userId: member.id }))).toMatchObject([
      { event: "member_removed", outcome: "ok", subject: member.id, ...by },
    ]);
    const others = await written(() => endOtherSessions({ which: "others" }));
    expect(others).toMatchObject([{ event: "sessions_end", outcome: "ok", userId: owner.id }]);
  });

  test("says what staff change of logins and of the team", async () => {
    const { member, customerId } = await company();
    const [admin, colleague] = [await people.user(), await people.user()];
    await people.staff(admin.id, "admin");
    await people.staff(colleague.id, "support");
    await signInAs(admin.id);
    const by = { outcome: "ok", userId: admin.id };
    expect(await written(() => endSessions({ customerId }))).toMatchObject([
      { event: "sessions_end", customerId, ...by },
    ]);
    const off = { customerId, userId: member.id, to: "disabled", reason: "lost laptop" } as const;
    expect(await written(() => switchLogin(off))).toMatchObject([
      { event: "login_switched", subject: member.id, change: "disabled", customerId, ...by },
    ]);
    const gone = { userId: colleague.id, role: "none", seenRole: "support" } as const;
    expect(await written(() => changeTeam(gone))).toMatchObject([
      { event: "staff_changed", subject: colleague.id, change: "left", ...by },
    ]);
  });

  test("has a line for whatever a use case refuses to a role, with the action's name", async () => {
    const { member, customerId } = await company();
    await signInAs(member.id);
    const lines = await written(() =>
      carrying({ customerId }, inviteMember)({ email: "a@example.com", role: "owner" }),
    );
    expect(lines).toMatchObject([
      { event: "member_invited", outcome: "not_allowed", invited: "a@example.com", userId: member.id },
      { event: "action", outcome: "not_allowed", kind: "customer", userId: member.id },
    ]);
    const payNothing = customerAction(z.strictObject({}), async () => refuse({ code: "not_allowed" }));
    Object.assign(payNothing, { $$id: "7f00" });
    expect(await written(() => carrying({ customerId }, payNothing)({}))).toMatchObject([
      { event: "action", outcome: "not_allowed", kind: "customer", action: "7f00", account: member.email },
    ]);
    const other = customerAction(z.strictObject({}), async () => refuse({ code: "invoice_not_found" }));
    expect(await written(() => carrying({ customerId }, other)({}))).toEqual([]);
  });

  test("knows no event that nothing writes", async () => {
    const texts = await Promise.all(
      ["app", "lib"].map(async (folder) => {
        const names = (await readdir(path.join(root, folder), { recursive: true })).filter(
          (name) => /(?<!\.test)\.tsx?$/.test(name) && !name.endsWith("security-log.ts"),
        );
        return Promise.all(names.map((name) => readFile(path.join(root, folder, name), "utf8")));
      }),
    );
    const all = texts.flat().join("\n");
    const writtenSomewhere = (event: string) =>
      new RegExp(`event: "${event}"|logAccess\\(\\s*"${event}"`).test(all);
    expect(securityEvents.filter((event) => !writtenSomewhere(event))).toEqual([]);
  });
});

test("an action is called what the build's list calls it", () => {
  const dir = mkdtempSync(path.join(tmpdir(), "mallard-actions-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  mkdirSync(path.join(dir, ".next", "server"), { recursive: true });
  const list = { node: { "7fab": { exportedName: "changeTeam" } } };
  writeFileSync(path.join(dir, ".next", "server", "server-reference-manifest.json"), JSON.stringify(list));
  const of = ($$id?: unknown) =>
    actionName(
      Object.assign(async () => {}, { $$id }),
      dir,
    );
  expect([of("7fab"), of("7fcd"), of()]).toEqual(["changeTeam", "7fcd", null]);
});
