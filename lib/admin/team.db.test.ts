import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { normalEmail } from "@/lib/auth/email-address";
import { dailyPass } from "@/lib/billing/reminder/mail-hour";
import type { CustomerId, UserId } from "@/lib/kernel/id";
import { newId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail } from "@/lib/mail/mailer";
import { makeCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { addNote } from "./add-note";
import { changeTeam } from "./change-team";
import { endSessions } from "./end-sessions";
import { acceptInvite, inviteStaff, openInvite, withdrawInvite } from "./invite-staff";
import { listActivities } from "./list-activities";
import type { StaffActor } from "./shapes";
import { showCustomerMore } from "./show-customer-more";
import { isLate, showHealth } from "./show-health";
import { showTeam } from "./show-team";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

const sent: Mail[] = [];
const mailing = {
  mailer: {
    sendMail: async (mail: Mail) => {
      sent.push(mail);
      return ok();
    },
  } as never,
  hostName: "Ducky Cloud",
  locale: "en",
};
const notAllowed = { ok: false, refusal: { code: "not_allowed" } };
const password = "seven ducks cross the road";

async function invite(admin: StaffActor, email: string, role: "support" | "admin" = "support") {
  const invited = await inviteStaff(admin, { email, role }, mailing, world);
  if (!invited.ok) throw new Error(`an invitation was asked for: ${invited.refusal.code}`);
  return tokenIn(sent.at(-1));
}

function tokenIn(mail: Mail | undefined): string {
  return /\/admin\/invite\/([\w-]{43})/.exec(JSON.stringify(mail))?.[1] ?? "";
}

const accept = (token: string) => acceptInvite({ token, name: "New One", password, locale: "en" }, world);

async function record(): Promise<string[]> {
  const wish = { actor: "staff", text: null, from: null, to: null, cursor: null } as const;
  const admin = await makeStaff(world, "auditor");
  return (await listActivities(admin, wish, world)).rows.map(({ verb, detail }) => `${verb} ${detail.name}`);
}

async function isWorking(userId: UserId): Promise<boolean> {
  const [row] = await world.staff.sql`select disabled_at from staff where user_id = ${userId}`;
  return row?.disabled_at === null;
}

describe("inviting staff", () => {
  it("writes to them, and makes a login with the role of the invitation, once", async () => {
    const admin = await makeStaff(world, "admin", "Ada Admin");
    const token = await invite(admin, " New.One@Ducky.example ");
    expect(await openInvite(token, world)).toEqual({ email: "new.one@ducky.example", role: "support" });
    expect((await showTeam(admin, world)).invites).toMatchObject([
      { email: "new.one@ducky.example", role: "support", invitedBy: "Ada Admin" },
    ]);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((_) => accept(token)));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    for (const { ok: isOk, ...rest } of answers.filter((answer) => !answer.ok)) {
      expect({ isOk, ...rest }).toMatchObject({
        refusal: { code: expect.stringMatching(/link_not_valid|email_taken/) },
      });
    }
    expect(await openInvite(token, world)).toBeNull();
    const { members, invites } = await showTeam(admin, world);
    expect(members).toContainEqual(
      expect.objectContaining({ name: "New One", role: "support", isDisabled: false }),
    );
    expect(invites).toEqual([]);
    expect(await record()).toEqual(
      expect.arrayContaining(["staff_invited new.one@ducky.example", "staff_joined New One"]),
    );
  });

  it("is over after three days, voided by a newer one, and withdrawn", async () => {
    const admin = await makeStaff(world, "admin");
    const first = await invite(admin, "late@ducky.example");
    const second = await invite(admin, "late@ducky.example");
    expect(await openInvite(first, world)).toBeNull();
    expect(await openInvite(second, world)).not.toBeNull();
    expect(await withdrawInvite(admin, { email: "late@ducky.example" }, world)).toMatchObject({ ok: true });
    expect(await accept(second)).toEqual({ ok: false, refusal: { code: "link_not_valid" } });
    expect(await withdrawInvite(admin, { email: "late@ducky.example" }, world)).toEqual({
      ok: false,
      refusal: { code: "invite_gone" },
    });
    const third = await invite(admin, "later@ducky.example");
    world.clock.advance(72 * 3_600_000);
    expect(await accept(third)).toEqual({ ok: false, refusal: { code: "link_not_valid" } });
    for (const token of ["", "none", "\0"]) expect(await openInvite(token, world)).toBeNull();
  });

  it("is void once its sender is no admin any more, by whichever way", async () => {
    const admin = await makeStaff(world, "admin");
    const ways: [string, (sender: StaffActor) => Promise<unknown>][] = [
      ...([null, "finance", "support", "auditor"] as const).map(
        (role): [string, (sender: StaffActor) => Promise<unknown>] => [
          String(role),
          ({ userId }) => changeTeam(admin, { userId, role, seenRole: "admin" }, world),
        ],
      ),
      // By another hand than the portal's: looked at again when it is accepted.
      [
        "demoted in the table",
        ({ userId }) => world.staff.sql`update staff set role = 'support' where user_id = ${userId}`,
      ],
      [
        "sent away in the table",
        ({ userId }) => world.staff.sql`update staff set disabled_at = now() where user_id = ${userId}`,
      ],
      [
        "disabled",
        ({ userId }) => world.staff.sql`update users set disabled_at = now() where id = ${userId}`,
      ],
    ];
    for (const [way, end] of ways) {
      const sender = await makeStaff(world, "admin");
      const token = await invite(sender, `${newId()}@ducky.example`, "admin");
      const kept = await invite(admin, `${newId()}@ducky.example`);
      await end(sender);
      expect(await openInvite(token, world), way).toBeNull();
      expect(await accept(token), way).toEqual({ ok: false, refusal: { code: "link_not_valid" } });
      expect(await openInvite(kept, world), way).not.toBeNull();
    }
  });

  it("makes an admin whom every admin is told of by mail, as of one who is made one", async () => {
    const admin = await makeStaff(world, "admin");
    const mails = (email: string) =>
      world.jobs.sql`select email from login_mails where kind = 'new_admin' and detail->>'email' = ${email}`;
    const email = `${newId()}@ducky.example`;
    expect(await accept(await invite(admin, email, "admin"))).toMatchObject({ ok: true });
    expect((await mails(email)).length).toBeGreaterThan(0);
    const other = await makeStaff(world, "support");
    await changeTeam(admin, { userId: other.userId, role: "finance", seenRole: "support" }, world);
    expect(await mails(other.email)).toEqual([]);
    await changeTeam(admin, { userId: other.userId, role: "admin", seenRole: "finance" }, world);
    expect((await mails(other.email)).length).toBeGreaterThan(0);
  });

  it("is accepted or void, never both, when its sender is sent away at the same moment", async () => {
    const admin = await makeStaff(world, "admin");
    for (let round = 0; round < 8; round += 1) {
      const sender = await makeStaff(world, "admin");
      const token = await invite(sender, `${newId()}@ducky.example`, "admin");
      const [, accepted] = await Promise.all([
        changeTeam(admin, { userId: sender.userId, role: null, seenRole: "admin" }, world),
        accept(token),
      ]);
      if (accepted.ok) expect(await isWorking(accepted.value.userId)).toBe(true);
      else expect(accepted.refusal.code).toBe("link_not_valid");
      expect(await openInvite(token, world)).toBeNull();
    }
  });

  it("is written to an address twice a day, and its name is none with an address in it", async () => {
    const admin = await makeStaff(world, "admin");
    const email = `${newId()}@ducky.example`;
    await invite(admin, email);
    const token = await invite(admin, email);
    expect(await inviteStaff(admin, { email, role: "support" }, mailing, world)).toEqual({
      ok: false,
      refusal: { code: "invited_too_often", email },
    });
    const named = (name: string) => acceptInvite({ token, name, password, locale: "en" }, world);
    expect(await named("see https://evil.example")).toEqual({
      ok: false,
      refusal: { code: "name_has_address" },
    });
    expect(await named("Dot Teal")).toMatchObject({ ok: true });
  });

  it("is refused for what is no address, for a login that is there, and says when no mail went out", async () => {
    const admin = await makeStaff(world, "admin");
    const member = await makeCustomer(world);
    const [user] = await world.staff.sql`select email from users where id = ${member.actor.userId}`;
    const to = (email: string) => inviteStaff(admin, { email, role: "support" }, mailing, world);
    expect(await to("nobody")).toEqual({ ok: false, refusal: { code: "email_not_valid" } });
    expect(await to(normalEmail(user?.email))).toEqual({ ok: false, refusal: { code: "email_taken" } });
    const silent = {
      ...mailing,
      mailer: { sendMail: async () => refuse({ code: "mail_server_down" }) } as never,
    };
    expect(await inviteStaff(admin, { email: "x@ducky.example", role: "support" }, silent, world)).toEqual({
      ok: false,
      refusal: { code: "mail_not_sent" },
    });
  });

  it("is for admins alone, and a weak password leaves the link usable", async () => {
    for (const role of ["auditor", "support", "finance"] as const) {
      const actor = await makeStaff(world, role);
      expect(await inviteStaff(actor, { email: "y@ducky.example", role }, mailing, world)).toEqual(
        notAllowed,
      );
      expect(await withdrawInvite(actor, { email: "y@ducky.example" }, world)).toEqual(notAllowed);
      const change = { userId: actor.userId, role: "admin", seenRole: role } as const;
      expect(await changeTeam(actor, change, world)).toEqual(notAllowed);
    }
    const token = await invite(await makeStaff(world, "admin"), "weak@ducky.example");
    const weak = await acceptInvite({ token, name: "Weak", password: "short", locale: "en" }, world);
    expect(weak).toMatchObject({ ok: false, refusal: { code: "password_too_short" } });
    expect(await accept(token)).toMatchObject({ ok: true });
  });
});

describe("changing the team", () => {
  it("gives another role, ends access with all sessions, and takes back, each in the record", async () => {
    const admin = await makeStaff(world, "admin");
    const { userId, role } = await makeStaff(world, "support", "Sue Support");
    await world.staff.sql`
      insert into sessions (id, user_id, created_at, expires_at, last_seen_at, section)
      values (${newId()}, ${userId}, ${world.clock.now()}, ${new Date("2099-01-01")}, ${world.clock.now()}, 'admin')`;
    expect(await changeTeam(admin, { userId, role: "finance", seenRole: role }, world)).toMatchObject({
      ok: true,
    });
    const open = () =>
      world.staff.sql`select 1 from sessions where user_id = ${userId} and revoked_at is null`;
    expect(await open(), "a screen that is open with the old role is none any more").toHaveLength(0);
    await world.staff.sql`update sessions set revoked_at = null where user_id = ${userId}`;
    expect(await changeTeam(admin, { userId, role: null, seenRole: "finance" }, world)).toMatchObject({
      ok: true,
    });
    expect(await open()).toHaveLength(0);
    expect(await isWorking(userId)).toBe(false);
    expect(await changeTeam(admin, { userId, role: "finance", seenRole: null }, world)).toMatchObject({
      ok: true,
    });
    expect(await isWorking(userId)).toBe(true);
    expect(await record()).toEqual(
      expect.arrayContaining([
        "staff_role_changed Sue Support",
        "staff_left Sue Support",
        "staff_returned Sue Support",
      ]),
    );
  });

  it("tells the second of two who change the same person at once", async () => {
    const [one, other] = [await makeStaff(world, "admin"), await makeStaff(world, "admin")];
    const { userId } = await makeStaff(world, "support", "Twice Changed");
    const answers = await Promise.all([
      changeTeam(one, { userId, role: "finance", seenRole: "support" }, world),
      changeTeam(other, { userId, role: "auditor", seenRole: "support" }, world),
    ]);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(answers.find((answer) => !answer.ok)).toEqual({
      ok: false,
      refusal: { code: "staff_changed", name: "Twice Changed" },
    });
    expect(await changeTeam(one, { userId: newId(), role: null, seenRole: "admin" }, world)).toEqual({
      ok: false,
      refusal: { code: "staff_not_found" },
    });
  });

  it("never leaves the house without an admin, however many end each other's access at once", async () => {
    await world.staff.sql`update staff set disabled_at = ${world.clock.now()} where role = 'admin'`;
    const admins = [
      await makeStaff(world, "admin"),
      await makeStaff(world, "admin"),
      await makeStaff(world, "admin"),
    ];
    const answers = await Promise.all(
      admins.flatMap((actor) =>
        admins.map(({ userId }, index) =>
          changeTeam(actor, { userId, role: index % 2 === 0 ? null : "auditor", seenRole: "admin" }, world),
        ),
      ),
    );
    expect(answers.some((answer) => !answer.ok)).toBe(true);
    const left = await world.staff
      .sql`select user_id from staff where role = 'admin' and disabled_at is null`;
    expect(left).toHaveLength(1);
    const last = admins.find(({ userId }) => userId === left[0]?.user_id);
    if (!last) throw new Error("one of them is left");
    expect(
      await changeTeam(last, { userId: last.userId, role: "auditor", seenRole: "admin" }, world),
    ).toEqual({
      ok: false,
      refusal: { code: "last_admin" },
    });
  });
});

describe("a customer, for support", () => {
  it("has notes that staff alone see, with who wrote them", async () => {
    const support = await makeStaff(world, "support", "Nora Notes");
    const { customerId } = await makeCustomer(world);
    expect(await addNote(support, { customerId, note: "  Calls on Mondays \n twice " }, world)).toEqual(ok());
    expect(await addNote(support, { customerId, note: " \0 " }, world)).toMatchObject({
      refusal: { code: "note_missing" },
    });
    expect(await addNote(support, { customerId, note: "x".repeat(2001) }, world)).toEqual({
      ok: false,
      refusal: { code: "note_too_long", most: 2000 },
    });
    expect(await addNote(support, { customerId: newId<CustomerId>(), note: "x" }, world)).toEqual({
      ok: false,
      refusal: { code: "customer_not_found" },
    });
    expect(await addNote(await makeStaff(world, "auditor"), { customerId, note: "x" }, world)).toEqual(
      notAllowed,
    );
    const { notes } = await showCustomerMore(support, { customerId }, world);
    expect(notes).toMatchObject([{ who: "Nora Notes", detail: { note: "Calls on Mondays \n twice" } }]);
    const [row] = await world.staff.sql`
      select is_visible from activities where customer_id = ${customerId} and verb = 'note_added'`;
    expect(row?.is_visible).toBe(false);
  });

  it("has its members' sessions ended at once, and nobody else's", async () => {
    const support = await makeStaff(world, "support");
    const [one, other] = [await makeCustomer(world), await makeCustomer(world)];
    for (const { actor } of [one, one, other]) {
      await world.staff.sql`
        insert into sessions (id, user_id, created_at, expires_at, last_seen_at)
        values (${newId()}, ${actor.userId}, ${world.clock.now()}, ${new Date("2099-01-01")}, ${world.clock.now()})`;
    }
    const { users } = await showCustomerMore(support, one, world);
    expect(users).toMatchObject([{ role: "owner", openSessions: 2 }]);
    expect(await endSessions(support, one, world)).toEqual(ok({ ended: 2 }));
    expect(await endSessions(await makeStaff(world, "auditor"), one, world)).toEqual(notAllowed);
    expect((await showCustomerMore(support, other, world)).users).toMatchObject([{ openSessions: 1 }]);
  });
});

describe("today's figures and the health of what works by itself", () => {
  it("begin with nothing, and say what waits and what is late", async () => {
    const auditor = await makeStaff(world, "auditor");
    const health = await showHealth(auditor, world);
    expect(health).toMatchObject({ lastWebhookAt: null, jobs: [], unknown: { count: 0, oldestAt: null } });
    expect(health.collected).toEqual({ count: 0, amounts: [] });
    const now = new Date("2026-03-10T09:00:00Z");
    const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
    expect(isLate(ago(299), 5, now)).toBe(false);
    expect(isLate(ago(301), 5, now)).toBe(true);
    expect(isLate(ago(899), 300, now)).toBe(false);
    expect(isLate(ago(901), 300, now)).toBe(true);
  });

  it("do not call the reminders of the day late, which are sent at their hour alone", async () => {
    const longAgo = new Date("2026-03-01T09:00:00Z");
    await world.jobs.sql`
      insert into job_runs (name, every_seconds, started_at, ended_at)
      values (${dailyPass}, 86400, ${longAgo}, ${longAgo}), ('remind', 300, ${longAgo}, ${longAgo})`;
    const { jobs } = await showHealth(await makeStaff(world, "auditor"), world);
    expect(jobs).toMatchObject([{ name: "remind", isLate: true }]);
  });
});
