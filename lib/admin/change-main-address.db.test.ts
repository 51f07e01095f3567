import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import { manualClock } from "@/lib/kernel/clock";
import { type CustomerId, newId, type SessionId } from "@/lib/kernel/id";
import { ok } from "@/lib/kernel/result";
import { createPeople, type People } from "@/lib/testing/people";
import { changeMainAddress } from "./change-main-address";

const clock = manualClock(new Date("2026-11-20T10:00:00Z"));
const was = "company@example.com";
let people: People;

beforeAll(async () => {
  people = await createPeople(clock);
});
afterAll(() => people.close());

async function staff(role: StaffRole): Promise<StaffActor> {
  const { id } = await people.user({ name: `Staff ${role}` });
  await people.staff(id, role);
  return { userId: id, sessionId: newId<SessionId>(clock), role };
}

async function company() {
  const [customerId, member] = [await people.customer(), await people.user()];
  await people.member(member.id, customerId, "viewer");
  return { customerId, member };
}

function changed(actor: StaffActor, customerId: CustomerId, email: string, more = {}) {
  const input = { customerId, email, seen: was, reason: " The founder left ", ...more };
  return changeMainAddress(actor, input, people.context);
}

async function mainOf(customerId: CustomerId): Promise<string> {
  const [row] = await people.owner`select email from customers where id = ${customerId}`;
  return row?.email;
}

const refused = (refusal: object) => ({ ok: false, refusal });

describe("the main address that staff choose", () => {
  it("is a member's, told to both addresses and kept in the record with its reason", async () => {
    const finance = await staff("finance");
    const { customerId, member } = await company();
    expect(await changed(finance, customerId, member.email)).toEqual(ok({ email: member.email }));
    expect(await mainOf(customerId)).toBe(member.email);
    const mails = await people.owner`
      select email from login_mails
      where kind = 'main_address_changed' and detail->>'email' = ${member.email} order by id`;
    expect(mails.map(({ email }) => email)).toEqual([was, member.email]);
    const record = await people.owner`
      select verb, detail, actor, user_id, is_visible from activities where customer_id = ${customerId}`;
    const detail = { from: was, to: member.email, reason: "The founder left" };
    const by = { actor: "staff", user_id: finance.userId, is_visible: false };
    expect(record).toMatchObject([{ verb: "main_address_changed", detail, ...by }]);
  });

  it("is for finance and admins", async () => {
    const { customerId, member } = await company();
    for (const role of ["auditor", "support"] as const) {
      const answer = await changed(await staff(role), customerId, member.email);
      expect(answer, role).toEqual(refused({ code: "not_allowed" }));
      expect(await mainOf(customerId), role).toBe(was);
    }
    expect(await changed(await staff("admin"), customerId, member.email)).toMatchObject({ ok: true });
  });

  it("is of a member of this customer who can sign in, and has a reason", async () => {
    const admin = await staff("admin");
    const [{ customerId, member }, other] = [await company(), await company()];
    const notMembers = refused({ code: "main_address_not_member" });
    expect(await changed(admin, customerId, other.member.email)).toEqual(notMembers);
    expect(await changed(admin, customerId, "stranger@example.com")).toEqual(notMembers);
    await people.owner`update users set disabled_at = ${clock.now()} where id = ${member.id}`;
    expect(await changed(admin, customerId, member.email)).toEqual(notMembers);
    const without = await changed(admin, customerId, member.email, { reason: " " });
    expect(without).toEqual(refused({ code: "reason_missing" }));
    expect(await changed(admin, newId<CustomerId>(clock), member.email)).toEqual(
      refused({ code: "customer_not_found" }),
    );
    expect(await changed(admin, customerId, was)).toEqual(refused({ code: "main_address_same", email: was }));
    await people.owner`update customers set closed_at = ${clock.now()} where id = ${other.customerId}`;
    expect(await changed(admin, other.customerId, other.member.email)).toEqual(
      refused({ code: "customer_closed" }),
    );
    expect(await mainOf(customerId)).toBe(was);
  });

  it("is chosen once by the first of many, and the others are told", async () => {
    const admin = await staff("admin");
    const { customerId, member } = await company();
    const second = await people.user();
    await people.member(second.id, customerId);
    const answers = await Promise.all(
      [member.email, second.email, member.email].map((email) => changed(admin, customerId, email)),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    for (const answer of answers.filter((answer) => !answer.ok)) {
      expect(answer).toEqual(refused({ code: "main_address_changed" }));
    }
  });
});
