import { longMoment } from "./dates";
import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

export type LoginNews =
  | "password_changed"
  | "new_device"
  | "new_owner"
  | "new_admin"
  | "bank_account_changed"
  | "endpoint_added";

/** A mail about somebody's login, or about who may act for a customer or the host: what happened, and what to do if it was not them. */
export function loginMail(
  kind: LoginNews,
  about: {
    locale: string;
    timeZone: string;
    recipient: { name: string; email: string };
    host: { name: string; url: string };
    at: Date;
    /** What the sentence names: a person, a customer, an address. None of it may be a link. */
    detail: Record<string, string>;
  },
): Promise<Mail> {
  const { locale, recipient, host, at, detail } = about;
  const words = mailWords(locale);
  const named = { name: "", email: "", customer: "", by: "", address: "", ...detail };
  const ofStaff = kind === "new_admin" || kind === "bank_account_changed" || kind === "endpoint_added";
  return mailOf({
    locale,
    recipient,
    host,
    subject: words(`login.${kind}.subject`, { host: host.name }),
    intro: words(`login.${kind}.intro`, { ...named, host: host.name, at: longMoment(at, about) }),
    link: ofStaff
      ? { label: words("login.toPortal"), url: `${host.url}/admin` }
      : kind === "new_owner"
        ? { label: words("login.toMembers"), url: `${host.url}/settings/members` }
        : { label: words("login.toReset"), url: `${host.url}/reset` },
    note: words(`login.${kind}.note`),
  });
}
