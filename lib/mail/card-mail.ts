import { longDay } from "./dates";
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
  /** Of their default card, which may be charged instead once they say so; null where there is none. */
  otherLast4: string | null;
}

/** Says until when the card can be charged, what happens then, and leads to where another one is saved. */
export function cardExpiringMail(
  about: Addressed,
  { last4, lastDay, isOver, otherLast4 }: CardExpiring,
): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const facts = { last4, date: longDay(lastDay, about) };
  return mailOf({
    ...about,
    subject: words(isOver ? "cardExpiring.subjectOver" : "cardExpiring.subject", facts),
    intro: words(isOver ? "cardExpiring.introOver" : "cardExpiring.intro", facts),
    ...(otherLast4 === null
      ? {
          link: { label: words("cardExpiring.action"), url: `${host.url}/payment-methods` },
          note: words("cardExpiring.note"),
        }
      : {
          link: {
            label: words("cardExpiring.move", { last4: otherLast4 }),
            url: `${host.url}/payment-methods#auto-pay`,
          },
          note: words("cardExpiring.noteOther", { last4: otherLast4 }),
        }),
  });
}
