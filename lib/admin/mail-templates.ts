import { mayStaff } from "@/lib/auth/staff-rights";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { type ExampleMail, exampleMailNames, exampleMails } from "@/lib/mail/examples";
import type { Mail } from "@/lib/mail/mailer";
import type { StaffActor } from "./shapes";
import type { StaffMailing } from "./staff-mailing";
import { type StaffWorld, staffWorld } from "./world";

export const templateNames = exampleMailNames;
export type TemplateName = ExampleMail;

export type TemplateGiven = Omit<StaffMailing, "mailer">;

/** A mail as customers get it, written from invented facts in a language; null if there is none of that name. */
export async function showTemplate(
  _actor: StaffActor,
  { name }: { name: string },
  { hostName, locale }: TemplateGiven,
  world: Pick<StaffWorld, "portalUrl" | "timeZone"> = staffWorld(),
): Promise<(Pick<Mail, "subject" | "text"> & { name: TemplateName; html: string }) | null> {
  const known = templateNames.find((one) => one === name);
  if (!known) return null;
  const {
    subject,
    text,
    html = "",
  } = await exampleMails[known]({
    locale,
    recipient: { name: "Ada Lovell", email: "ada@example.com" },
    host: { name: hostName, url: world.portalUrl },
    timeZone: world.timeZone,
  });
  return { name: known, subject, text, html };
}

export type TestMailRefusal =
  | { code: "not_allowed" }
  | { code: "template_not_found" }
  /** No mail server took it; the reason is the server's own. */
  | { code: "test_not_sent"; reason: string };

/** Sends such a mail to the person who asks, and to nobody else: that the mail server takes it is seen, too. From support on. */
export async function sendTestMail(
  actor: StaffActor,
  input: { name: string },
  { mailer, ...given }: StaffMailing,
  world: StaffWorld = staffWorld(),
): Promise<Result<{ email: string }, TestMailRefusal>> {
  if (!mayStaff(actor.role, "mail.resend")) return refuse({ code: "not_allowed" });
  const template = await showTemplate(actor, input, given, world);
  if (!template) return refuse({ code: "template_not_found" });
  const [person] = await world.staff.sql`select name, email from users where id = ${actor.userId}`;
  if (!person) return refuse({ code: "not_allowed" });
  const { subject, text, html } = template;
  const to = { address: person.email, name: person.name };
  const sent = await mailer.sendMail({ to, subject, text, html });
  if (sent.ok) return ok({ email: person.email });
  const reason = "reason" in sent.refusal ? sent.refusal.reason : sent.refusal.code;
  return refuse({ code: "test_not_sent", reason });
}
