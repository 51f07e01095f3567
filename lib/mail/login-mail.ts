import { longMoment } from "./dates";
import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

export type LoginNews =
  | "password_changed"
  | "new_device"
  | "new_owner"
  | "main_address_changed"
  | "new_admin"
  | "bank_account_changed"
  | "endpoint_added";

const toReset = { label: "toReset", path: "/reset" } as const;
const toPortal = { label: "toPortal", path: "/admin" } as const;

/** Where each of them is looked at, or put right. */
const linkOf = {
  password_changed: toReset,
  new_device: toReset,
  new_owner: { label: "toMembers", path: "/settings/members" },
  main_address_changed: { label: "toSettings", path: "/settings" },
  new_admin: toPortal,
  bank_account_changed: toPortal,
  endpoint_added: toPortal,
} as const satisfies Record<LoginNews, { label: string; path: string }>;

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
  const to = linkOf[kind];
  return mailOf({
    locale,
    recipient,
    host,
    subject: words(`login.${kind}.subject`, { host: host.name }),
    intro: words(`login.${kind}.intro`, { ...named, host: host.name, at: longMoment(at, about) }),
    link: { label: words(`login.${to.label}`), url: `${host.url}${to.path}` },
    note: words(`login.${kind}.note`),
  });
}
