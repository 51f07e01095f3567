import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

/** The mail to somebody who is invited to work for the host. */
export function staffInviteMail(about: {
  locale: string;
  recipient: { name: string; email: string };
  host: { name: string; url: string };
  url: string;
  role: "admin" | "finance" | "support" | "auditor";
  hours: number;
}): Promise<Mail> {
  const { locale, recipient, host, url, role, hours } = about;
  const words = mailWords(locale);
  return mailOf({
    locale,
    recipient,
    host,
    subject: words("staffInvite.subject", { host: host.name }),
    intro: words("staffInvite.intro", { host: host.name, role: words(`staffInvite.role_${role}`) }),
    link: { label: words("staffInvite.action"), url },
    note: words("staffInvite.note", { hours }),
  });
}
