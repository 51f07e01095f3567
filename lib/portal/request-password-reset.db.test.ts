import { afterAll, beforeAll, expect, test } from "vitest";
import { isResetOpen, resetPassword } from "@/lib/auth/password-reset";
import { signIn } from "@/lib/auth/sign-in";
import { systemClock } from "@/lib/kernel/clock";
import { type Mailbox, startMailbox } from "@/lib/sandbox/mailbox/mailbox";
import { createPeople, type People } from "@/lib/testing/people";
import { requestPasswordReset } from "./request-password-reset";

let people: People;
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await startMailbox();
  people = await createPeople(systemClock, { SMTP_URL: mailbox.smtpUrl });
});
afterAll(async () => {
  await Promise.all([people.close(), mailbox.close()]);
});

async function request(email: string): Promise<void> {
  const answer = await requestPasswordReset({ email, address: "192.0.2.1" }, people.context);
  if (!answer.ok) throw new Error(answer.refusal.code);
  await answer.value.deliver();
}

test("a forgotten password is replaced by the link that arrives by mail, in the person's language", async () => {
  const { email } = await people.user({ name: "王小明", locale: "zh" });
  await request(email);
  const [mail] = mailbox.messages();
  expect(mail).toMatchObject({ to: [email], from: '"Ducky Cloud" <billing@ducky.example>' });
  expect(mail?.text).toContain("王小明，您好");
  const token = /^https:\/\/billing\.ducky\.example\/reset\/(\S+)$/m.exec(mail?.text ?? "")?.[1] ?? "";
  expect(mail?.html).toContain(`https://billing.ducky.example/reset/${token}`);
  expect(await isResetOpen(people.context, token)).toBe(true);
  const password = "quiet pond in autumn";
  expect(await resetPassword(people.context, { token, password })).toMatchObject({ ok: true });
  const origin = { address: "192.0.2.1", userAgent: null };
  expect(await signIn(people.context, { email, password }, origin)).toMatchObject({ ok: true });
});

test("an unknown address gets no mail", async () => {
  const before = mailbox.messages().length;
  await request("nobody@example.com");
  expect(mailbox.messages()).toHaveLength(before);
});

test("a mail server that is down is not kept quiet", async () => {
  const { email } = await people.user();
  const down = {
    sendMail: async () =>
      ({ ok: false, refusal: { code: "mail_not_taken", reason: "", isOfThisOne: false } }) as const,
  };
  const answer = await requestPasswordReset({ email, address: "192.0.2.1" }, people.context, down);
  await expect(answer.ok && answer.value.deliver()).rejects.toThrow("mail_not_taken");
});
