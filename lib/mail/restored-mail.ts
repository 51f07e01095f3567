import { longDay } from "./dates";
import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** Services that were suspended and run again, as they stand when the mail is written. */
export interface RestoredNews {
  /** At least one. */
  services: readonly { label: string; expiresAt: Date }[];
}

/** That what was suspended is running again, and until when it is paid (domain.md, A5). */
export function restoredMail(about: Addressed, { services }: RestoredNews): Promise<Mail> {
  const words = mailWords(about.locale);
  const [first] = services;
  if (!first) throw new Error("a mail about services names one");
  const count = services.length;
  const date = (instant: Date) => longDay(instant, about);
  const what = count === 1 ? first.label : words("morning.services", { count });
  return mailOf({
    ...about,
    subject: words("restored.subject", { what, count }),
    intro: words("restored.intro", { what, count, date: date(first.expiresAt) }),
    rows: services.map(({ label, expiresAt }) => ({
      title: label,
      detail: words("restored.row", { date: date(expiresAt) }),
      amount: "",
    })),
    link: { label: words("morning.seeServices"), url: `${about.host.url}/services` },
    note: words("restored.note", { count }),
  });
}
