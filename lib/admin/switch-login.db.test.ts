import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import { readSession } from "@/lib/auth/session";
import { signIn } from "@/lib/auth/sign-in";
import { manualClock } from "@/lib/kernel/clock";
import { type CustomerId, newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { createPeople, knownPassword, type People } from "@/lib/testing/people";
import { type LoginSwitch, switchLogin } from "./switch-login";

const clock = manualClock(new Date("2026-11-20T10:00:00Z"));
let people: People;
let addresses = 0;

beforeAll(async () => {
  people = await createPeople(clock);
});

afterAll(() => people.close());

async function staff(role: StaffRole): Promise<StaffActor> {
  const { id } = await people.user({ name: `Staff ${role}` });
  await people.staff(id, role);
  return { userId: id, sessionId: newId<SessionId>(clock), role };
}

interface Member {
  userId: UserId;
  customerId: CustomerId;
  email: string;
}

async function member(): Promise<Member> {
  const { id, email } = await people.user({ name: "Mia Member" });
  const customerId = await people.customer();
  await people.member(id, customerId);
  return { userId: id, customerId, email };
}

function switched(actor: StaffActor, { customerId, userId }: Member, to: LoginSwitch["to"], reason = "lost") {
  return switchLogin(actor, { customerId, userId, to, reason }, people.context);
}

function signingIn({ email }: Member) {
  const from = { address: `10.0.0.${++addresses}`, userAgent: null };
  return signIn(people.context, { email, password: knownPassword }, from);
}

async function isDisabled({ userId }: Member): Promise<boolean> {
  const [row] = await people.owner`select disabled_at is not null as is from users where id = ${userId}`;
  return row?.is;
}

const refused = (refusal: object) => ({ ok: false, refusal });
const notAllowed = refused({ code: "not_allowed" });

describe("a login that staff switch", () => {
  it("ends its sessions at once, lets nobody in, and lets them in again when it is enabled", async () => {
    const [support, mia, other] = [await staff("support"), await member(), await member()];
    const [open, others] = [await signingIn(mia), await signingIn(other)];
    if (!open.ok || !others.ok) throw new Error("both sign in");
    expect(await switched(support, mia, "disabled", "  Their laptop is gone ")).toEqual(
      ok({ name: "Mia Member" }),
    );
    expect(await readSession(people.context, open.value.sessionId, mia.userId)).toBeNull();
    const [row] = await people.owner`select revoked_at from sessions where id = ${open.value.sessionId}`;
    expect(row?.revoked_at).toEqual(clock.now());
    expect(await signingIn(mia)).toEqual(refused({ code: "wrong_credentials" }));
    expect(await readSession(people.context, others.value.sessionId, other.userId)).not.toBeNull();
    expect(await switched(support, mia, "enabled", "It is back")).toEqual(ok({ name: "Mia Member" }));
    expect(await readSession(people.context, open.value.sessionId, mia.userId)).toBeNull();
    expect(await signingIn(mia)).toMatchObject({ ok: true });
    const record = await people.owner`
      select verb, detail, user_id, is_visible from activities where customer_id = ${mia.customerId} order by id`;
    const by = { user_id: support.userId, is_visible: false };
    const detail = { name: "Mia Member", email: mia.email };
    expect(record).toMatchObject([
      { ...by, verb: "login_disabled", detail: { ...detail, reason: "Their laptop is gone" } },
      { ...by, verb: "login_enabled", detail: { ...detail, reason: "It is back" } },
    ]);
  });

  it("is for support and admins, both ways", async () => {
    for (const role of ["auditor", "finance"] as const) {
      const [actor, mia] = [await staff(role), await member()];
      expect(await switched(actor, mia, "disabled"), role).toEqual(notAllowed);
      expect(await isDisabled(mia), role).toBe(false);
      expect(await switched(await staff("admin"), mia, "disabled")).toMatchObject({ ok: true });
      expect(await switched(actor, mia, "enabled"), role).toEqual(notAllowed);
      expect(await isDisabled(mia), role).toBe(true);
    }
  });

  it("is never one of the team's, one's own included, but of one who has left it", async () => {
    const [admin, support] = [await staff("admin"), await staff("support")];
    const customerId = await people.customer();
    for (const { userId } of [admin, support]) await people.member(userId, customerId, "billing");
    for (const actor of [admin, support]) {
      for (const { userId, role } of [admin, support]) {
        expect(await switched(actor, { userId, customerId, email: "" }, "disabled")).toEqual(
          refused({ code: "login_of_staff", name: `Staff ${role}` }),
        );
      }
    }
    const left = { userId: support.userId, customerId, email: "" };
    await people.owner`update staff set disabled_at = ${clock.now()} where user_id = ${left.userId}`;
    expect(await switched(admin, left, "disabled")).toMatchObject({ ok: true });
    await people.owner`update staff set disabled_at = null where user_id = ${left.userId}`;
    expect(await switched(await staff("support"), left, "enabled")).toMatchObject(
      refused({ code: "login_of_staff" }),
    );
    expect(await switched(admin, left, "enabled"), "an admin took them back").toMatchObject({ ok: true });
  });

  it("is one of this customer's members, and has a reason", async () => {
    const [support, mia, other] = [await staff("support"), await member(), await member()];
    const elsewhere = { ...mia, customerId: other.customerId };
    expect(await switched(support, elsewhere, "disabled")).toEqual(refused({ code: "user_not_found" }));
    expect(await switched(support, mia, "disabled", "  ")).toEqual(refused({ code: "reason_missing" }));
    expect(await switched(support, mia, "disabled", "x".repeat(501))).toMatchObject(
      refused({ code: "reason_too_long" }),
    );
    expect(await isDisabled(mia)).toBe(false);
  });

  it("is switched once by the first of many, and the others are told", async () => {
    const [support, mia] = [await staff("support"), await member()];
    const answers = await Promise.all([1, 2, 3, 4].map(() => switched(support, mia, "disabled")));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    for (const answer of answers.filter((answer) => !answer.ok)) {
      expect(answer).toEqual(refused({ code: "login_switched", name: "Mia Member" }));
    }
    const record = await people.owner`select 1 from activities where customer_id = ${mia.customerId}`;
    expect(record).toHaveLength(1);
  });
});
