import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transact } from "@/db/transaction";
import type { MembershipRole } from "@/lib/auth/actor";
import { attemptLimits } from "@/lib/auth/attempt-limits";
import { beginSession, readSession } from "@/lib/auth/session";
import { signIn } from "@/lib/auth/sign-in";
import { type InvitationId, newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import type { Settings } from "@/lib/kernel/settings";
import type { Mail } from "@/lib/mail/mailer";
import { makeCustomer, type TestCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { joinAsNew, joinAsSignedIn, showInvitation } from "./accept-invitation";
import { changeMemberRole, removeMember } from "./change-members";
import { invitationDays, inviteMember, type Post, withdrawInvitation } from "./invite-member";
import { listOwnCustomers } from "./list-own-customers";
import { AccessDenied } from "./scoped";
import type { CustomerActor } from "./shapes";
import { showMembers } from "./show-members";

const password = "seven ducks cross the road";
const notAllowed = { ok: false, refusal: { code: "not_allowed" } };
const notValid = { ok: false, refusal: { code: "invitation_not_valid" } };
const done = { ok: true, value: undefined };
let world: TestWorld;
let sent: Mail[] = [];
const post: Post = {
  host: { name: "Ducky Cloud", url: "https://billing.ducky.example" },
  mailer: {
    sendMail: async (mail) => {
      sent.push(mail);
      return ok({ messageId: "<1@ducky.example>" });
    },
  },
};

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

/** Another member of the customer, and their actor. */
async function addMember(
  { customerId }: TestCustomer,
  role: MembershipRole = "owner",
): Promise<CustomerActor> {
  const userId = newId<UserId>(world.clock);
  const now = world.clock.now();
  await world.staff.sql`
    insert into users (id, email, name, created_at) values (${userId}, ${`${userId}@example.test`}, 'Ben', ${now})`;
  await world.staff.sql`
    insert into memberships (customer_id, user_id, role, created_at)
    values (${customerId}, ${userId}, ${role}, ${now})`;
  return { customerId, userId, sessionId: newId<SessionId>(world.clock) };
}

async function rolesOf(customer: TestCustomer): Promise<string[]> {
  const rows = await world.jobs.sql`
    select role from memberships where customer_id = ${customer.customerId} order by role`;
  return rows.map(({ role }) => role);
}

/** Invites, and reads the link out of the mail. */
async function invited(actor: CustomerActor, email: string, role: MembershipRole = "billing") {
  sent = [];
  expect(await inviteMember(actor, { email, role }, world, post)).toMatchObject({ ok: true });
  const token = /\/invitation\/([^\s]+)/.exec(sent[0]?.text ?? "")?.[1];
  if (!token) throw new Error("the mail has a link");
  return token;
}

describe("a member", () => {
  it("is given another role, and is removed, by an owner", async () => {
    const customer = await makeCustomer(world);
    const ben = await addMember(customer, "viewer");
    expect(await changeMemberRole(customer.actor, { userId: ben.userId, role: "billing" }, world)).toEqual(
      done,
    );
    expect(await rolesOf(customer)).toEqual(["billing", "owner"]);
    expect(await removeMember(customer.actor, { userId: ben.userId }, world)).toEqual(done);
    expect(await rolesOf(customer)).toEqual(["owner"]);
    await expect(showMembers(ben, world)).rejects.toBeInstanceOf(AccessDenied);
    const record = await world.jobs.sql`
      select verb, user_id from activities where customer_id = ${customer.customerId} order by id`;
    expect(record).toEqual([
      { verb: "member_role_changed", user_id: customer.actor.userId },
      { verb: "member_removed", user_id: customer.actor.userId },
    ]);
  });

  it("signs in anew after their role was changed by somebody else, and goes on after doing it themselves", async () => {
    const customer = await makeCustomer(world);
    const ben = await addMember(customer);
    const origin = { address: "127.0.0.1", userAgent: null };
    const sessionOf = (userId: UserId) => beginSession(world, userId, origin);
    const own = { ...ben, sessionId: await sessionOf(ben.userId) };
    const phone = await sessionOf(ben.userId);
    expect(await changeMemberRole(own, { userId: ben.userId, role: "billing" }, world)).toEqual(done);
    expect(await readSession(world, own.sessionId, ben.userId)).not.toBeNull();
    expect(await readSession(world, phone, ben.userId)).toBeNull();
    expect(await changeMemberRole(customer.actor, { userId: ben.userId, role: "viewer" }, world)).toEqual(
      done,
    );
    expect(await readSession(world, own.sessionId, ben.userId)).toBeNull();
  });

  it("who becomes an owner is told to every owner by mail, by whichever way", async () => {
    const told = async (email: string) =>
      (
        await world.jobs.sql`
        select email, detail->>'customer' as customer from login_mails
        where kind = 'new_owner' and detail->>'email' = ${email} order by email`
      ).map((row) => ({ ...row }));
    const customer = await makeCustomer(world, { name: "Pond Ltd" });
    const ben = await addMember(customer, "viewer");
    const emailOf = (userId: UserId) => `${userId}@example.test`;
    await changeMemberRole(customer.actor, { userId: ben.userId, role: "billing" }, world);
    expect(await told(emailOf(ben.userId))).toEqual([]);
    await changeMemberRole(customer.actor, { userId: ben.userId, role: "owner" }, world);
    const owners = (await told(emailOf(ben.userId))).map(({ email }) => email);
    expect(owners).toContain(emailOf(customer.actor.userId));
    const email = `${newId()}@example.test`;
    const token = await invited(customer.actor, email, "owner");
    expect(await joinAsNew({ token, name: "Cy", password, locale: "en" }, world)).toEqual(done);
    expect((await told(email)).map((row) => row.customer)).toEqual(["Pond Ltd", "Pond Ltd", "Pond Ltd"]);
  });

  it("changes nobody without being an owner, but may leave", async () => {
    const customer = await makeCustomer(world);
    const ben = await addMember(customer, "billing");
    const { userId } = customer.actor;
    expect(await changeMemberRole(ben, { userId: ben.userId, role: "owner" }, world)).toEqual(notAllowed);
    expect(await changeMemberRole(ben, { userId, role: "viewer" }, world)).toEqual(notAllowed);
    expect(await removeMember(ben, { userId }, world)).toEqual(notAllowed);
    expect(await removeMember(ben, { userId: ben.userId }, world)).toEqual(done);
    expect(await removeMember(ben, { userId: ben.userId }, world)).toEqual(notAllowed);
  });

  it("of another customer is out of reach, and is refused as one who does not exist", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    const notFound = { ok: false, refusal: { code: "member_not_found" } };
    for (const userId of [other.actor.userId, newId<UserId>(world.clock)]) {
      expect(await removeMember(customer.actor, { userId }, world)).toEqual(notFound);
      expect(await changeMemberRole(customer.actor, { userId, role: "viewer" }, world)).toEqual(notFound);
    }
    const forged = { ...customer.actor, customerId: other.customerId };
    expect(await removeMember(forged, { userId: other.actor.userId }, world)).toEqual(notAllowed);
    expect(await rolesOf(other)).toEqual(["owner"]);
  });

  it("is never the last owner to go or to step down", async () => {
    const customer = await makeCustomer(world);
    await addMember(customer, "billing");
    const { userId } = customer.actor;
    const lastOwner = { ok: false, refusal: { code: "last_owner" } };
    expect(await removeMember(customer.actor, { userId }, world)).toEqual(lastOwner);
    expect(await changeMemberRole(customer.actor, { userId, role: "billing" }, world)).toEqual(lastOwner);
    expect(await rolesOf(customer)).toEqual(["billing", "owner"]);
  });

  it("stays as an owner when two owners remove each other at the same time, whichever comes first", async () => {
    for (let round = 0; round < 10; round += 1) {
      const customer = await makeCustomer(world);
      const ben = await addMember(customer);
      const answers = await Promise.all([
        removeMember(customer.actor, { userId: ben.userId }, world),
        removeMember(ben, { userId: customer.actor.userId, mainEmail: `${ben.userId}@example.test` }, world),
      ]);
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
      expect(await rolesOf(customer)).toEqual(["owner"]);
    }
  });

  it("stays as an owner when eight of them leave at once", async () => {
    const customer = await makeCustomer(world);
    const others = await Promise.all(Array.from({ length: 7 }, () => addMember(customer)));
    await world.staff.sql`update customers set email = 'mail@pond.example' where id = ${customer.customerId}`;
    const answers = await Promise.all(
      [customer.actor, ...others].map((actor) => removeMember(actor, { userId: actor.userId }, world)),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(7);
    expect(await rolesOf(customer)).toEqual(["owner"]);
  });
});

describe("an invitation", () => {
  it("lets somebody new choose a name and a password, once, and they belong to the customer", async () => {
    const customer = await makeCustomer(world, { name: "Pond Ltd" });
    const email = `${newId()}@example.test`;
    const token = await invited(customer.actor, ` ${email.toUpperCase()} `);
    expect(sent[0]).toMatchObject({ to: { address: email }, subject: "You are invited to Ducky Cloud" });
    expect(await showInvitation(token, world)).toEqual({
      customer: "Pond Ltd",
      email,
      role: "billing",
      hasLogin: false,
    });
    const input = { token, name: " Cy \n Teal ", password, locale: "en" };
    expect(await joinAsNew({ ...input, password: "short" }, world)).toMatchObject({ ok: false });
    expect(await joinAsNew({ ...input, name: " " }, world)).toMatchObject({
      refusal: { code: "name_missing" },
    });
    expect(await joinAsNew(input, world)).toEqual(done);
    expect(await joinAsNew(input, world)).toEqual(notValid);
    const { members, invitations } = await showMembers(customer.actor, world);
    expect(members.at(-1)).toMatchObject({ name: "Cy Teal", email, role: "billing" });
    expect(invitations).toEqual([]);
    const here = {
      app: world.app,
      clock: world.clock,
      settings: { nextauthSecret: "only for tests", nextauthSecretBefore: null } as Settings,
    };
    expect(await signIn(here, { email, password }, { address: "::1", userAgent: null })).toMatchObject({
      ok: true,
    });
  });

  it("makes one login and one member, however many use it at once", async () => {
    const customer = await makeCustomer(world);
    const token = await invited(customer.actor, `${newId()}@example.test`);
    const answers = await Promise.all(
      ["a", "b", "c", "d"].map((name) => joinAsNew({ token, name, password, locale: "en" }, world)),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(await rolesOf(customer)).toEqual(["billing", "owner"]);
  });

  it("is accepted by who has a login once they are signed in with that address, and by nobody else", async () => {
    const [customer, other, stranger] = [
      await makeCustomer(world),
      await makeCustomer(world),
      await makeCustomer(world),
    ];
    const emailOf = ({ actor }: TestCustomer) => `${actor.userId}@example.test`;
    const token = await invited(customer.actor, emailOf(other), "viewer");
    expect(await showInvitation(token, world)).toMatchObject({ hasLogin: true });
    expect(await joinAsNew({ token, name: "Eve", password, locale: "en" }, world)).toMatchObject({
      refusal: { code: "email_taken" },
    });
    const eve = { userId: stranger.actor.userId, email: emailOf(stranger) };
    expect(await joinAsSignedIn(eve, { token }, world)).toMatchObject({
      refusal: { code: "invited_as_another" },
    });
    const { userId } = other.actor;
    const ben = { userId, email: emailOf(other) };
    world.clock.advance(1000);
    expect(await joinAsSignedIn(ben, { token }, world)).toEqual({
      ok: true,
      value: { customerId: customer.customerId },
    });
    expect(await joinAsSignedIn(ben, { token }, world)).toEqual(notValid);
    expect(await rolesOf(customer)).toEqual(["owner", "viewer"]);

    const here = { app: world.app, clock: world.clock };
    const sessionId = await beginSession(here, userId, { address: "::1", userAgent: null });
    const user = await readSession(here, sessionId, userId);
    if (!user) throw new Error("they are signed in");
    const names = await listOwnCustomers(user, world);
    expect(names.map(({ customerId }) => customerId)).toEqual([other.customerId, customer.customerId]);
    expect(names.every(({ name }) => name.startsWith("Customer "))).toBe(true);
    expect(await listOwnCustomers({ userId, memberships: user.memberships.slice(1) }, world)).toEqual([]);
  });

  it("works no more when it is withdrawn, replaced, too old, or not quite it", async () => {
    const customer = await makeCustomer(world);
    const email = `${newId()}@example.test`;
    const first = await invited(customer.actor, email);
    const second = await invited(customer.actor, email, "viewer");
    expect(await showInvitation(first, world)).toBeNull();
    const { invitations } = await showMembers(customer.actor, world);
    expect(invitations).toMatchObject([{ email, role: "viewer", isExpired: false }]);
    const other = await makeCustomer(world);
    const elsewhere = other.customerId.replaceAll("-", "") + second.slice(32);
    for (const tried of ["", "none", `${second}A`, second.slice(1), elsewhere, "\0", second.toUpperCase()]) {
      expect(await showInvitation(tried, world)).toBeNull();
      expect(await joinAsNew({ token: tried, name: "Eve", password, locale: "en" }, world)).toEqual(notValid);
    }
    const invitationId = invitations[0]?.id as InvitationId;
    expect(await withdrawInvitation(customer.actor, { invitationId }, world)).toEqual(done);
    expect(await showInvitation(second, world)).toBeNull();

    const third = await invited(customer.actor, `${newId()}@example.test`);
    world.clock.advance(invitationDays * 24 * 3_600_000);
    expect(await showInvitation(third, world)).toBeNull();
    expect((await showMembers(customer.actor, world)).invitations).toMatchObject([{ isExpired: true }]);
    expect(await joinAsNew({ token: third, name: "Cy", password, locale: "en" }, world)).toEqual(notValid);
  });

  it("keeps its secret out of the database", async () => {
    const customer = await makeCustomer(world);
    const token = await invited(customer.actor, `${newId()}@example.test`);
    const { customerId } = customer;
    const rows = await transact(
      world.app,
      { customerId },
      ({ sql }) => sql`
        select to_jsonb(i)::text as row from invitations i union all select to_jsonb(a)::text from activities a
        union all select to_jsonb(o)::text from outbox o`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token.slice(32));
  });

  it("is refused with a word for what is wrong, and nobody is written to", async () => {
    const customer = await makeCustomer(world);
    const ben = await addMember(customer, "billing");
    sent = [];
    const invite = (actor: CustomerActor, email: string) =>
      inviteMember(actor, { email, role: "viewer" }, world, post);
    expect(await invite(customer.actor, "nobody")).toMatchObject({ refusal: { code: "email_not_valid" } });
    expect(await invite(customer.actor, "a@b.c\r\nBcc: x@y.z")).toMatchObject({
      refusal: { code: "email_not_valid" },
    });
    expect(await invite(customer.actor, `${ben.userId}@example.test`)).toMatchObject({
      refusal: { code: "already_member" },
    });
    expect(await invite(ben, "new@example.test")).toEqual(notAllowed);
    expect(await withdrawInvitation(ben, { invitationId: newId() }, world)).toEqual(notAllowed);
    expect(await withdrawInvitation(customer.actor, { invitationId: newId() }, world)).toMatchObject({
      refusal: { code: "invitation_not_found" },
    });
    expect(sent).toEqual([]);
    const rows = await world.jobs.sql`select from invitations where customer_id = ${customer.customerId}`;
    expect(rows).toHaveLength(0);
  });

  it("does not stand when no mail server takes its mail", async () => {
    const customer = await makeCustomer(world);
    const down: Post = {
      ...post,
      mailer: {
        sendMail: async () => refuse({ code: "mail_not_taken", reason: "down", isOfThisOne: false }),
      },
    };
    expect(
      await inviteMember(customer.actor, { email: "a@example.test", role: "viewer" }, world, down),
    ).toEqual({
      ok: false,
      refusal: { code: "invitation_not_mailed" },
    });
    expect((await showMembers(customer.actor, world)).invitations).toEqual([]);
  });

  it("floods no mailbox: twenty an hour", async () => {
    const customer = await makeCustomer(world);
    const codes: string[] = [];
    for (let number = 1; number <= 21; number += 1) {
      const answer = await inviteMember(
        customer.actor,
        { email: `a${number}@example.test`, role: "viewer" },
        world,
        post,
      );
      codes.push(answer.ok ? "sent" : answer.refusal.code);
    }
    expect(codes).toEqual([...Array<string>(20).fill("sent"), "too_many_attempts"]);
  });

  it("is written to an address twice a day, whoever invites, and a mail that was not sent is none", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    const email = `${newId()}@example.test`;
    const down: Post = {
      ...post,
      mailer: { sendMail: async () => refuse({ code: "mail_not_taken", reason: "", isOfThisOne: false }) },
    };
    const invite = (actor: CustomerActor, by: Post = post) =>
      inviteMember(actor, { email, role: "viewer" }, world, by);
    for (let number = 0; number < 3; number += 1) {
      expect(await invite(customer.actor, down)).toMatchObject({ ok: false });
    }
    sent = [];
    // Several at once, of two customers: two get through.
    const answers = await Promise.all(
      [customer, other, customer, other, other].map(({ actor }) => invite(actor)),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(2);
    expect(sent).toHaveLength(2);
    expect(await invite(customer.actor)).toEqual({
      ok: false,
      refusal: { code: "invited_too_often", email },
    });
    // What voids nothing: the last link works.
    const token = /\/invitation\/([^\s]+)/.exec(sent[1]?.text ?? "")?.[1] ?? "";
    expect(await showInvitation(token, world)).not.toBeNull();
  });

  it("counts the spellings of one mailbox together, and not with invitations of staff", async () => {
    const customer = await makeCustomer(world);
    const name = newId();
    const invite = (tag: string) =>
      inviteMember(customer.actor, { email: `${name}${tag}@example.test`, role: "viewer" }, world, post);
    const answers = [await invite("+1"), await invite("+2"), await invite("+3"), await invite("")];
    expect(answers.map((answer) => answer.ok)).toEqual([true, true, false, false]);
    const mailbox = `${name}@example.test`;
    expect(await attemptLimits(world.staff).take("staffInvited", mailbox)).toMatchObject({ ok: true });
  });

  it("has no link but its own, whatever its sender and the customer are called", async () => {
    const phishing = "Account Security: your account is locked, https://evil.example/now";
    const customer = await makeCustomer(world, { name: phishing });
    await world.staff.sql`update users set name = 'www.evil.example' where id = ${customer.actor.userId}`;
    await invited(customer.actor, `${newId()}@example.test`);
    expect(sent[0]?.subject).toBe("You are invited to Ducky Cloud");
    for (const text of [sent[0]?.text, sent[0]?.html]) {
      expect(text).toContain("“Account Security your account is locked,”");
      expect(text).not.toMatch(/evil\.example/);
    }
  });

  it("shows no name that has the host's own in it, from before such names were refused", async () => {
    const customer = await makeCustomer(world, { name: "DUCKY-CLOUD Security" });
    const [row] = await world.staff.sql`select reference from customers where id = ${customer.customerId}`;
    const shown = async () => {
      await invited(customer.actor, `${newId()}@example.test`);
      return `${sent[0]?.text}`.replaceAll(/\s+/g, " ");
    };
    const renamed = (name: string) =>
      world.staff.sql`update users set name = ${name} where id = ${customer.actor.userId}`;
    await renamed("Mia");
    const half = await shown();
    expect(half).toContain(`“Mia” invites you to look after the account of customer ${row?.reference} at`);
    expect(half).not.toMatch(/security/i);
    await renamed("Ducky Cloud Support");
    const none = await shown();
    expect(none).toContain("An owner invites you to look after the account of customer");
    expect(none).not.toMatch(/support|quotation/i);
  });

  it("is void once its sender may not invite any more, by whichever way", async () => {
    const ways: [string, (owner: CustomerActor, ben: CustomerActor) => Promise<unknown>][] = [
      ["removed", (owner, ben) => removeMember(owner, { userId: ben.userId }, world)],
      ["left", (_owner, ben) => removeMember(ben, { userId: ben.userId }, world)],
      ["billing", (owner, ben) => changeMemberRole(owner, { userId: ben.userId, role: "billing" }, world)],
      ["viewer", (owner, ben) => changeMemberRole(owner, { userId: ben.userId, role: "viewer" }, world)],
      // By another hand than the portal's: looked at again when it is accepted.
      [
        "disabled",
        (_, ben) => world.staff.sql`update users set disabled_at = now() where id = ${ben.userId}`,
      ],
      [
        "row gone",
        (_, ben) =>
          world.app.sql.begin(async (sql) => {
            await sql`select set_config('mallard.customer', ${ben.customerId}, true)`;
            await sql`delete from memberships where user_id = ${ben.userId}`;
          }),
      ],
    ];
    for (const [way, end] of ways) {
      const customer = await makeCustomer(world);
      const ben = await addMember(customer);
      const other = await makeCustomer(world);
      const forNew = await invited(ben, `${newId()}@example.test`, "owner");
      const forKnown = await invited(ben, `${other.actor.userId}@example.test`, "owner");
      const kept = await invited(customer.actor, `${newId()}@example.test`);
      await end(customer.actor, ben);
      expect(await showInvitation(forNew, world), way).toBeNull();
      expect(await joinAsNew({ token: forNew, name: "Eve", password, locale: "en" }, world), way).toEqual(
        notValid,
      );
      const known = { userId: other.actor.userId, email: `${other.actor.userId}@example.test` };
      expect(await joinAsSignedIn(known, { token: forKnown }, world), way).toEqual(notValid);
      expect(await showInvitation(kept, world), way).not.toBeNull();
    }
  });

  it("is accepted or void, never both, when its sender is removed at the same moment", async () => {
    for (let round = 0; round < 8; round += 1) {
      const customer = await makeCustomer(world);
      const ben = await addMember(customer);
      const token = await invited(ben, `${newId()}@example.test`, "owner");
      const [removed, joined] = await Promise.all([
        removeMember(customer.actor, { userId: ben.userId }, world),
        joinAsNew({ token, name: "Cy", password, locale: "en" }, world),
      ]);
      expect(removed).toEqual(done);
      const [{ joins } = { joins: 0 }] = await world.jobs.sql<{ joins: number }[]>`
        select count(*)::int as joins from activities
        where customer_id = ${customer.customerId} and verb = 'member_joined'`;
      expect(await rolesOf(customer)).toHaveLength(joined.ok ? 2 : 1);
      expect(joins).toBe(joined.ok ? 1 : 0);
    }
  });

  it("to a customer that is closed meanwhile lets nobody in", async () => {
    const customer = await makeCustomer(world);
    const token = await invited(customer.actor, `${newId()}@example.test`);
    await world.staff
      .sql`update customers set closed_at = ${world.clock.now()} where id = ${customer.customerId}`;
    expect(await showInvitation(token, world)).toBeNull();
    expect(
      await inviteMember(customer.actor, { email: "a@example.test", role: "viewer" }, world, post),
    ).toEqual(notAllowed);
  });
});
