import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

/** The mail that asks somebody to look after a customer's account with others. */
export function invitationMail(about: {
  locale: string;
  email: string;
  host: { name: string; url: string };
  /** Null where the name must not stand in a mail to a stranger. */
  customer: string | null;
  inviter: string | null;
  /** The customer's, which we gave: instead of a name. */
  reference: string;
  role: "owner" | "billing" | "viewer";
  url: string;
  days: number;
}): Promise<Mail> {
  const { locale, email, host, customer, inviter, reference, role, url, days } = about;
  const words = mailWords(locale);
  return mailOf({
    locale,
    recipient: { name: email, email },
    host,
    subject: words("invitation.subject", { host: host.name }),
    intro: words("invitation.intro", {
      inviter: inviter === null ? words("invitation.someone") : words("invitation.named", { name: inviter }),
      customer:
        customer === null
          ? words("invitation.company", { reference })
          : words("invitation.named", { name: customer }),
      host: host.name,
      role: words(`invitation.${role}`),
    }),
    link: { label: words("invitation.action"), url },
    note: words(customer === null && inviter === null ? "invitation.plainNote" : "invitation.note", { days }),
  });
}
