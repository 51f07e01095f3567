import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MembershipRole } from "@/lib/auth/actor";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import { makeCustomer, type TestCustomer } from "@/lib/testing/fixtures";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { changeRecipients } from "./change-company";
import { removeMember } from "./change-members";
import { changeMainAddress } from "./main-address";
import type { CustomerActor } from "./shapes";
import { showMembers } from "./show-members";
import { showSettings } from "./show-settings";

const done = { ok: true, value: undefined };
const refused = (code: string) => ({ ok: false, refusal: { code } });
let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});
afterAll(() => world.close());

async function addMember(customer: TestCustomer, role: MembershipRole = "owner"): Promise<CustomerActor> {
  const userId = newId<UserId>(world.clock);
  const now = world.clock.now();
  await world.staff.sql`
    insert into users (id, email, name, created_at) values (${userId}, ${emailOf({ userId })}, 'Ben', ${now})`;
  await world.staff.sql`
    insert into memberships (customer_id, user_id, role, created_at)
    values (${customer.customerId}, ${userId}, ${role}, ${now})`;
  return { customerId: customer.customerId, userId, sessionId: newId<SessionId>(world.clock) };
}

const emailOf = ({ userId }: { userId: UserId }) => `${userId}@example.test`;

async function addresses({ customerId }: TestCustomer) {
  const [row] = await world.jobs.sql`
    select email as main, invoice_recipients as copies from customers where id = ${customerId}`;
  return { ...row };
}

async function mailsOf(from: string, to: string) {
  const rows = await world.jobs.sql`
    select email from login_mails where kind = 'main_address_changed'
      and detail->>'address' = ${from} and detail->>'email' = ${to} order by id`;
  return rows.map(({ email }) => email);
}

describe("removing a member whose address gets the mail about invoices", () => {
  it("is refused until another member is named, who gets it from then on; both are told", async () => {
    const customer = await makeCustomer(world);
    const founder = customer.actor;
    const boss = await addMember(customer);
    const { userId } = founder;
    expect(await removeMember(boss, { userId }, world)).toEqual(refused("main_address_theirs"));
    const stranger = { userId, mainEmail: "stranger@example.test" };
    expect(await removeMember(boss, stranger, world)).toEqual(refused("main_address_not_member"));
    const themselves = { userId, mainEmail: emailOf(founder) };
    expect(await removeMember(boss, themselves, world)).toEqual(refused("main_address_not_member"));
    expect((await showMembers(boss, world)).members).toHaveLength(2);
    expect(await removeMember(boss, { userId, mainEmail: emailOf(boss) }, world)).toEqual(done);
    expect(await addresses(customer)).toEqual({ main: emailOf(boss), copies: [] });
    expect(await mailsOf(emailOf(founder), emailOf(boss))).toEqual([emailOf(founder), emailOf(boss)]);
  });

  it("asks about each copy that is no other member's: theirs and what they added are proposed", async () => {
    const customer = await makeCustomer(world);
    const founder = customer.actor;
    const boss = await addMember(customer);
    const copies = [emailOf(founder), "private@example.test", emailOf(boss)];
    await changeRecipients(founder, { recipients: copies.join("\n") }, world);
    await changeRecipients(boss, { recipients: [...copies, "books@example.test"].join("\n") }, world);
    const { members } = await showMembers(boss, world);
    const mail = members.find(({ userId }) => userId === founder.userId)?.mail;
    expect(mail).toEqual({
      mainChoices: [emailOf(boss)],
      copies: [
        { address: emailOf(founder), isTheirs: true },
        { address: "private@example.test", isTheirs: true },
        { address: "books@example.test", isTheirs: false },
      ],
      seenCopies: [...copies, "books@example.test"].join(","),
    });
    const wish = {
      userId: founder.userId,
      mainEmail: emailOf(boss),
      stopCopies: ["private@example.test", emailOf(founder), emailOf(boss)],
      seenCopies: mail?.seenCopies,
    };
    await changeRecipients(boss, { recipients: [...copies, "b@example.test"].join("\n") }, world);
    expect(await removeMember(boss, wish, world)).toEqual(refused("mail_addresses_changed"));
    await changeRecipients(boss, { recipients: [...copies, "books@example.test"].join("\n") }, world);
    expect(await removeMember(boss, wish, world)).toEqual(done);
    expect(await addresses(customer)).toEqual({
      main: emailOf(boss),
      copies: [emailOf(boss), "books@example.test"],
    });
  });

  it("by leaving, they name an owner, and stop only the copy to themselves", async () => {
    const customer = await makeCustomer(world);
    const ben = await addMember(customer, "viewer");
    const other = await addMember(customer, "viewer");
    const copies = [emailOf(ben), "books@example.test"];
    await changeRecipients(customer.actor, { recipients: copies.join() }, world);
    const change = { email: emailOf(ben), seen: emailOf(customer.actor) };
    expect(await changeMainAddress(customer.actor, change, world)).toEqual(done);
    const { members } = await showMembers(ben, world);
    expect(members.find(({ isSelf }) => isSelf)?.mail).toEqual({
      mainChoices: [emailOf(customer.actor)],
      copies: [{ address: emailOf(ben), isTheirs: true }],
      seenCopies: copies.join(","),
    });
    expect(members.filter(({ mail }) => mail !== null)).toHaveLength(1);
    const wish = { userId: ben.userId, stopCopies: copies };
    const toViewer = { ...wish, mainEmail: emailOf(other) };
    expect(await removeMember(ben, toViewer, world)).toEqual(refused("main_address_not_member"));
    const toOwner = { ...wish, mainEmail: emailOf(customer.actor) };
    expect(await removeMember(ben, toOwner, world)).toEqual(done);
    expect(await addresses(customer)).toEqual({
      main: emailOf(customer.actor),
      copies: ["books@example.test"],
    });
  });

  it("never ends with mail to nobody who stays, when it is chosen and they are removed at once", async () => {
    for (let round = 0; round < 10; round += 1) {
      const customer = await makeCustomer(world);
      const ben = await addMember(customer);
      await Promise.all([
        changeMainAddress(customer.actor, { email: emailOf(ben), seen: emailOf(customer.actor) }, world),
        removeMember(customer.actor, { userId: ben.userId }, world),
      ]);
      const { main } = await addresses(customer);
      const { members } = await showMembers(customer.actor, world);
      expect(members.map(({ email }) => email)).toContain(main);
    }
  });
});

describe("the main address", () => {
  it("is chosen by owners among the members who can sign in, for Stripe as well", async () => {
    const customer = await makeCustomer(world);
    const { customerId, actor } = customer;
    const ben = await addMember(customer, "billing");
    const gone = await addMember(customer, "billing");
    await world.staff.sql`update users set disabled_at = now() where id = ${gone.userId}`;
    const [was, own] = [emailOf(actor), emailOf(ben)];
    expect((await showSettings(actor, world)).mainChoices).toEqual([was, own]);
    const to = (email: string, seen = was) => changeMainAddress(actor, { email, seen }, world);
    for (const email of [emailOf(gone), "stranger@example.test", ""]) {
      expect(await to(email)).toEqual(refused("main_address_not_member"));
    }
    expect(await changeMainAddress(ben, { email: own, seen: was }, world)).toEqual(refused("not_allowed"));
    expect(await to(` ${own.toUpperCase()} `)).toEqual(done);
    expect(await addresses(customer)).toMatchObject({ main: own });
    expect(await mailsOf(was, own)).toEqual([was, own]);
    expect(await to(was)).toEqual(refused("mail_addresses_changed"));
    expect(await to(own, own)).toEqual(done);
    const record = await world.jobs.sql`
      select verb, user_id, detail from activities where customer_id = ${customerId}`;
    expect(record).toEqual([
      { verb: "main_address_changed", user_id: actor.userId, detail: { from: was, to: own } },
    ]);
  });

  it("is not changed of another customer, nor of a closed one", async () => {
    const [customer, other] = [await makeCustomer(world), await makeCustomer(world)];
    const change = { email: emailOf(customer.actor), seen: emailOf(other.actor) };
    const forged = { ...customer.actor, customerId: other.customerId };
    expect(await changeMainAddress(forged, change, world)).toEqual(refused("not_allowed"));
    await world.staff
      .sql`update customers set closed_at = ${world.clock.now()} where id = ${other.customerId}`;
    const own = { email: emailOf(other.actor), seen: emailOf(other.actor) };
    expect(await changeMainAddress(other.actor, own, world)).toEqual(refused("not_allowed"));
  });
});
