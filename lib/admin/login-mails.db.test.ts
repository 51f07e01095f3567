import { afterAll, beforeAll, expect, it } from "vitest";
import { askForMail } from "@/lib/auth/login-mail";
import { isResetOpen } from "@/lib/auth/password-reset";
import { deliverLoginMails } from "@/lib/jobs/deliver-login-mails";
import { newId } from "@/lib/kernel/id";
import { ok, refuse } from "@/lib/kernel/result";
import type { Mail } from "@/lib/mail/mailer";
import { openOwnWorld } from "@/lib/testing/own-world";
import { makeStaff } from "@/lib/testing/staff";
import type { TestWorld } from "@/lib/testing/world";
import { resendLoginMail, unsentLoginMails } from "./login-mails";

let world: TestWorld;

beforeAll(async () => {
  world = await openOwnWorld();
});

afterAll(() => world.close());

it("that no mail server takes is seen by staff, and goes out again with a link that works", async () => {
  const [auditor, support] = [await makeStaff(world, "auditor"), await makeStaff(world, "support")];
  const id = newId();
  const email = `${id}@example.test`;
  await world.staff.sql`
    insert into users (id, email, name, created_at) values (${id}, ${email}, 'Ada', ${world.clock.now()})`;
  await askForMail(world.app.sql, world.clock, email, { kind: "password_reset", detail: {} });
  expect(await unsentLoginMails(auditor, world)).toEqual([]);
  const host = { name: "Ducky Cloud", url: "https://billing.ducky.example" };
  const refusing = {
    sendMail: async () => refuse({ code: "mail_refused" as const, reason: "no such mailbox" }),
  };
  await expect(deliverLoginMails({ world, mailer: refusing, host })).rejects.toThrow();

  const [mail] = await unsentLoginMails(auditor, world);
  expect(mail).toMatchObject({ kind: "password_reset", email, attempts: 1 });
  const wish = { loginMailId: mail?.id ?? "" };
  expect(await resendLoginMail(auditor, wish, world)).toMatchObject({ refusal: { code: "not_allowed" } });
  const both = await Promise.all([
    resendLoginMail(support, wish, world),
    resendLoginMail(support, wish, world),
  ]);
  expect(both.filter((answer) => answer.ok)).toHaveLength(1);
  expect(both).toContainEqual({ ok: false, refusal: { code: "mail_not_resendable" } });
  expect(await unsentLoginMails(auditor, world)).toEqual([]);

  const sent: Mail[] = [];
  const mailer = {
    sendMail: async (one: Mail) => {
      sent.push(one);
      return ok({ messageId: "<1@ducky.example>" });
    },
  };
  expect(await deliverLoginMails({ world, mailer, host })).toBe(1);
  const token = /\/reset\/(\S+)/.exec(sent[0]?.text ?? "")?.[1] ?? "";
  expect(await isResetOpen(world, token)).toBe(true);
  const [told] = await world.jobs.sql`select detail from activities where verb = 'mail_resent'`;
  expect(told?.detail.subject).toContain(email);
});
