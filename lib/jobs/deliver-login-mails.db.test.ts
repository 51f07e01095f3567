import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askForMail, type LoginMail } from "@/lib/auth/login-mail";
import { isResetOpen } from "@/lib/auth/password-reset";
import { newId, type UserId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail, Mailer } from "@/lib/mail/mailer";
import { openOwnWorld } from "@/lib/testing/own-world";
import type { TestWorld } from "@/lib/testing/world";
import { deliverLoginMails } from "./deliver-login-mails";

let world: TestWorld;
let sent: Mail[] = [];
const host = { name: "Ducky Cloud", url: "https://billing.ducky.example" };
const mailer: Mailer = {
  sendMail: async (mail) => {
    sent.push(mail);
    return ok({ messageId: "<1@ducky.example>" });
  },
};

beforeAll(async () => {
  world = await openOwnWorld();
});
afterAll(() => world.close());

async function person(locale = "en"): Promise<string> {
  const id = newId<UserId>();
  const email = `${id}@example.test`;
  await world.staff.sql`
    insert into users (id, email, name, locale, created_at)
    values (${id}, ${email}, '王小明', ${locale}, ${world.clock.now()})`;
  return email;
}

const ask = (email: string, mail: LoginMail = { kind: "password_reset", detail: {} }) =>
  askForMail(world.app.sql, world.clock, email, mail);

/** The mails of one pass. */
async function pass(by: Mailer = mailer, seen: typeof world = world): Promise<Mail[]> {
  sent = [];
  await deliverLoginMails({ world: seen, mailer: by, host });
  return sent;
}

const linkIn = (mail: Mail | undefined) =>
  /https:\/\/billing\.ducky\.example\/reset\/(\S+)/.exec(mail?.text ?? "")?.[1] ?? "";

const stateOf = async (email: string) =>
  (await world.jobs.sql`select state from login_mails where email = ${email} order by id`).map(
    ({ state }) => state,
  );

describe("a mail about a login", () => {
  it("brings the link for a forgotten password, in the person's language", async () => {
    const email = await person("zh");
    await ask(email);
    const [mail] = await pass();
    expect(mail?.to).toMatchObject({ address: email });
    expect(mail?.text).toContain("王小明，您好");
    expect(await isResetOpen(world, linkIn(mail))).toBe(true);
    expect(await pass()).toEqual([]);
    expect(await stateOf(email)).toEqual(["sent"]);
  });

  it("brings a link of its own key: that of pay links has no part in it", async () => {
    const email = await person();
    await ask(email);
    const [first] = await pass();
    world.clock.advance(5 * 60_000 + 1);
    await ask(email);
    const other = { now: new Uint8Array(32), before: null };
    const [again] = await pass(mailer, { ...world, payLinkKey: other });
    expect(linkIn(again)).toBe(linkIn(first));
  });

  it("brings the same link again, but not more often than every five minutes", async () => {
    const email = await person();
    for (let asked = 0; asked < 4; asked += 1) await ask(email);
    const [first, ...more] = await pass();
    expect(more).toEqual([]);
    expect((await stateOf(email)).sort()).toEqual(["dropped", "dropped", "dropped", "sent"]);
    world.clock.advance(5 * 60_000 + 1);
    await ask(email);
    const [again] = await pass();
    expect(linkIn(again)).toBe(linkIn(first));
    expect(linkIn(again)).not.toBe("");
  });

  it("goes to nobody for an address that nobody has, or whose user is disabled", async () => {
    const disabled = await person();
    await world.staff.sql`update users set disabled_at = now() where email = ${disabled}`;
    await ask(disabled);
    await ask("nobody@example.test");
    expect(await pass()).toEqual([]);
    expect(await stateOf(disabled)).toEqual(["dropped"]);
    expect(await stateOf("nobody@example.test")).toEqual(["dropped"]);
  });

  it.each([
    ["password_changed", {}],
    ["new_device", { address: "192.0.2.9" }],
    ["new_owner", { name: "see https://evil.example", email: "eve@example.test", customer: "Pond Ltd" }],
    ["new_admin", { name: "Eve", email: "eve@example.test" }],
    ["bank_account_changed", { by: "Eve" }],
    ["endpoint_added", { by: "Eve", host: "panel.example.com" }],
  ] as const)("says what happened, with a way to mend it: %s", async (kind, detail) => {
    for (const locale of ["en", "zh"]) {
      const email = await person(locale);
      await ask(email, { kind, detail } as LoginMail);
      const [mail] = await pass();
      expect(mail?.to).toMatchObject({ address: email });
      expect(mail?.link).toContain(host.url);
      for (const text of [mail?.subject, mail?.text]) {
        expect(text).not.toMatch(/evil\.example|\{|undefined/);
      }
    }
  });

  it("is tried again later each time, and staff see the job fail once it is given up", async () => {
    const email = await person();
    await ask(email);
    const down: Mailer = {
      sendMail: async () => refuse({ code: "mail_not_taken", reason: "down", isOfThisOne: false }),
    };
    await pass(down);
    expect(await stateOf(email)).toEqual(["waiting"]);
    expect(await pass()).toEqual([]);
    for (let attempt = 2; attempt <= 9; attempt += 1) {
      world.clock.advance(3_600_000);
      await pass(down);
    }
    world.clock.advance(3_600_000);
    await expect(pass(down)).rejects.toThrow("not taken by any mail server");
    expect(await stateOf(email)).toEqual(["parked"]);
  });

  it("is sent once by two workers at the same time", async () => {
    const emails = await Promise.all(Array.from({ length: 20 }, () => person()));
    for (const email of emails) await ask(email, { kind: "password_changed", detail: {} });
    sent = [];
    await Promise.all([1, 2, 3].map(() => deliverLoginMails({ world, mailer, host })));
    expect(sent).toHaveLength(20);
  });
});
