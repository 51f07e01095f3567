import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** The card that is charged by itself, about to expire. */
export interface CardExpiring {
  last4: string;
  /** An instant of the last day on which it can be charged. */
  lastDay: Date;
  isOver: boolean;
}

/** Says until when the card can be charged, what happens then, and leads to where another one is saved. */
export function cardExpiringMail(about: Addressed, { last4, lastDay, isOver }: CardExpiring): Promise<Mail> {
  const { locale, host, timeZone } = about;
  const words = mailWords(locale);
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone }).format(lastDay);
  const facts = { last4, date };
  return mailOf({
    ...about,
    subject: words(isOver ? "cardExpiring.subjectOver" : "cardExpiring.subject", facts),
    intro: words(isOver ? "cardExpiring.introOver" : "cardExpiring.intro", facts),
    link: { label: words("cardExpiring.action"), url: `${host.url}/payment-methods` },
    note: words("cardExpiring.note"),
  });
}
