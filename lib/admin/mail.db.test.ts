import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deliverOutbox } from "@/lib/jobs/deliver-outbox";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail, MailRefusal } from "@/lib/mail/mailer";
import { createTestDatabase } from "@/lib/testing/database";
import { makeCustomer, makeInvoice, type TestCustomer } from "@/lib/testing/fixtures";
import { makeStaff } from "@/lib/testing/staff";
import { openTestWorld, type TestWorld } from "@/lib/testing/world";
import { listMail, type MailFilter, showMail } from "./list-mail";
import { sendTestMail, showTemplate, templateNames } from "./mail-templates";
import { resendMail } from "./resend-mail";
import type { StaffActor } from "./shapes";

const everything: MailFilter = { state: null, topic: null, text: null, from: null, to: null, cursor: null };
const given = { hostName: "Ducky Cloud", locale: "en" };
let world: TestWorld;
let auditor: StaffActor;
let support: StaffActor;
/** Arranges what no role of the application may. */
let owner: postgres.Sql;
let drop: () => Promise<void>;
let sent: Mail[] = [];
/** What the mail server says; null is that it takes the mail. */
let refusal: MailRefusal | null = null;
const mailer = {
  sendMail: async (mail: Mail) => {
    if (refusal) return refuse(refusal);
    sent.push(mail);
    return ok({ messageId: "<1@ducky.example>" });
  },
};

beforeAll(async () => {
  const database = await createTestDatabase();
  world = openTestWorld({ url: database.url });
  [auditor, support] = [await makeStaff(world, "auditor"), await makeStaff(world, "support", "Sol Teal")];
  owner = postgres(database.url, { max: 1, onnotice: () => {} });
  drop = () => database.drop();
});

afterAll(async () => {
  await Promise.all([world.close(), owner.end()]);
  await drop();
});

const deliver = () =>
  deliverOutbox({ world, mailer, host: { name: "Ducky Cloud", url: world.portalUrl } }, 1000);

/** A customer with an open invoice who was reminded of it, and their mail as staff see it. */
async function reminded(name: string) {
  sent = [];
  const customer = await makeCustomer(world, { name });
  const invoice = await makeInvoice(world, customer, 2_340n);
  await deliver();
  return { ...customer, invoice, mail: await mailOf(name) };
}

async function mailOf(text: string) {
  const { rows } = await listMail(auditor, { ...everything, text, topic: "invoice" }, world);
  return rows[0];
}

const resend = (actor: StaffActor, { customerId }: TestCustomer, noticeId = "") =>
  resendMail(actor, { customerId, noticeId }, world);

describe("the log of mails", () => {
  it("has each with its state, narrowed by state, topic and text, and shows one without the link that pays", async () => {
    const { mail, customerId } = await reminded("Log Ltd");
    expect(mail).toMatchObject({ state: "sent", attempts: 1, topic: "invoice.issued" });
    for (const [filter, count] of [
      [{ state: "sent" }, 1],
      [{ state: "undeliverable" }, 0],
      [{ topic: "dispute" }, 0],
    ] as const) {
      const { rows } = await listMail(auditor, { ...everything, text: "Log Ltd", ...filter }, world);
      expect(rows).toHaveLength(count);
    }
    const [row] = await owner`select reference from customers where id = ${customerId}`;
    const reference = row?.reference as string;
    const shown = await showMail(auditor, { reference, noticeId: mail?.id ?? "" }, world);
    expect(shown?.body).toContain("/invoices/");
    expect(shown?.body).not.toContain("/pay/");
    expect(await showMail(auditor, { reference: "DC-0", noticeId: mail?.id ?? "" }, world)).toBeNull();
  });
});

describe("a mail that is sent again", () => {
  it("is written anew, under a Message-ID of its own, and says so in the record", async () => {
    const one = await reminded("Again Ltd");
    expect(await resend(auditor, one, one.mail?.id)).toMatchObject({ refusal: { code: "not_allowed" } });
    expect(await resend(support, one, one.mail?.id)).toEqual({ ok: true, value: undefined });
    expect(await resend(support, one, one.mail?.id)).toMatchObject({
      refusal: { code: "mail_not_resendable", state: "waiting" },
    });
    sent = [];
    await deliver();
    expect(sent).toMatchObject([{ id: `${one.mail?.id}.2`, subject: one.mail?.subject }]);
    expect(await mailOf("Again Ltd")).toMatchObject({ state: "sent", attempts: 2 });
    const [recorded] = await owner`
      select detail from activities where customer_id = ${one.customerId} and verb = 'mail_resent'`;
    expect(recorded?.detail).toEqual({ subject: one.mail?.subject });
  });

  it("does not go out for what was paid meanwhile, and stays in the inbox as it was sent", async () => {
    const one = await reminded("Paid Ltd");
    await owner`
      update invoices set state = 'void', amount_credited_minor = total_minor where id = ${one.invoice.id}`;
    await resend(support, one, one.mail?.id);
    sent = [];
    await deliver();
    expect(sent).toEqual([]);
    expect(await mailOf("Paid Ltd")).toMatchObject({ state: "sent", attempts: 1, sentAt: one.mail?.sentAt });
  });

  it("that was refused ends its task, which is there again when it is refused again", async () => {
    refusal = { code: "mail_refused", reason: "550 no such user" };
    const one = await reminded("Refused Ltd");
    const openTasks = async () =>
      (await owner`select from tasks where customer_id = ${one.customerId} and done_at is null`).length;
    expect([(await mailOf("Refused Ltd"))?.state, await openTasks()]).toEqual(["undeliverable", 1]);
    await resend(support, one, one.mail?.id);
    expect(await openTasks()).toBe(0);
    await deliver();
    expect([(await mailOf("Refused Ltd"))?.state, await openTasks()]).toEqual(["undeliverable", 1]);
    refusal = null;
    await resend(support, one, one.mail?.id);
    await deliver();
    expect([(await mailOf("Refused Ltd"))?.state, await openTasks()]).toEqual(["sent", 0]);
  });
});

describe("a test of a mail", () => {
  it("goes to who asks for it and to nobody else, and says what the mail server said", async () => {
    sent = [];
    const [person] = await owner`select email from users where id = ${support.userId}`;
    const test = (actor: StaffActor, name: string) =>
      sendTestMail(actor, { name }, { ...given, mailer }, world);
    expect(await test(auditor, "receipt")).toMatchObject({ refusal: { code: "not_allowed" } });
    expect(await test(support, "none")).toMatchObject({ refusal: { code: "template_not_found" } });
    expect(await test(support, "receipt")).toEqual({ ok: true, value: { email: person?.email } });
    expect(sent).toMatchObject([{ to: { address: person?.email } }]);
    expect(sent[0]?.copies).toBeUndefined();
    refusal = { code: "mail_refused", reason: "550 no" };
    expect(await test(support, "receipt")).toMatchObject({
      refusal: { code: "test_not_sent", reason: "550 no" },
    });
    refusal = null;
  });

  it("is there for every mail", async () => {
    for (const name of templateNames)
      expect((await showTemplate(auditor, { name }, given, world))?.html).toMatch(/^<!doctype/i);
    expect(await showTemplate(auditor, { name: "toString" }, given, world)).toBeNull();
  });
});
