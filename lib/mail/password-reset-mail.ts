import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

/** The mail to somebody who forgot their password. */
export function passwordResetMail(about: {
  locale: string;
  recipient: { name: string; email: string };
  host: { name: string; url: string };
  url: string;
  minutes: number;
}): Promise<Mail> {
  const { locale, recipient, host, url, minutes } = about;
  const words = mailWords(locale);
  return mailOf({
    locale,
    recipient,
    host,
    subject: words("passwordReset.subject", { host: host.name }),
    intro: words("passwordReset.intro", { host: host.name }),
    link: { label: words("passwordReset.action"), url },
    note: words("passwordReset.note", { minutes }),
  });
}
