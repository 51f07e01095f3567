import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

/** The mail that asks somebody to look after a customer's account with others. */
export function invitationMail(about: {
  locale: string;
  email: string;
  host: { name: string; url: string };
  customer: string;
  inviter: string;
  role: "owner" | "billing" | "viewer";
  url: string;
  days: number;
}): Promise<Mail> {
  const { locale, email, host, customer, inviter, role, url, days } = about;
  const words = mailWords(locale);
  return mailOf({
    locale,
    recipient: { name: email, email },
    host,
    subject: words("invitation.subject", { host: host.name }),
    intro: words("invitation.intro", {
      inviter,
      customer,
      host: host.name,
      role: words(`invitation.${role}`),
    }),
    link: { label: words("invitation.action"), url },
    note: words("invitation.note", { days }),
  });
}
