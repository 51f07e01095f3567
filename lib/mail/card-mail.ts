import { longDay } from "./dates";
import { type Letter, mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** The card that is charged by itself, about to expire. */
export interface CardExpiring {
  last4: string;
  /** An instant of the last day on which it can be charged. */
  lastDay: Date;
  isOver: boolean;
  /** Of another card of theirs, which is charged once they make it the default; null where there is none. */
  otherLast4: string | null;
}

/** Until when the card can be charged, what happens then, and where another one is saved. */
export function cardExpiringWords(
  about: Addressed,
  { last4, lastDay, isOver, otherLast4 }: CardExpiring,
): Pick<Letter, "subject" | "intro" | "link" | "note"> {
  const words = mailWords(about.locale);
  const facts = { last4, date: longDay(lastDay, about) };
  return {
    subject: words(isOver ? "cardExpiring.subjectOver" : "cardExpiring.subject", facts),
    intro: words(isOver ? "cardExpiring.introOver" : "cardExpiring.intro", facts),
    ...wayOut(about, otherLast4),
  };
}

/** The card that is charged by itself, which Stripe no longer has. */
export interface CardGone {
  last4: string;
  /** Of another card of theirs, which is charged once they say so; null where there is none. */
  otherLast4: string | null;
}

/** Says that autopay has stopped, what follows, and leads to where a card is chosen. */
export function cardGoneMail(about: Addressed, { last4, otherLast4 }: CardGone): Promise<Mail> {
  const words = mailWords(about.locale);
  return mailOf({
    ...about,
    subject: words("cardGone.subject", { last4 }),
    intro: words("cardGone.intro", { last4 }),
    ...wayOut(about, otherLast4),
  });
}

/** Says that a dispute ended automatic charges, and leads to where they are turned on again. */
export function cardDisputedMail(about: Addressed, { last4 }: { last4: string }): Promise<Mail> {
  const words = mailWords(about.locale);
  return mailOf({
    ...about,
    subject: words("cardDisputed.subject", { last4 }),
    intro: words("cardDisputed.intro", { last4 }),
    link: wayOut(about, null).link,
    note: words("cardDisputed.note"),
  });
}

/** Says that auto top-up is off since money went back, and leads to where it is turned on again. */
export function autoTopUpOffMail(about: Addressed, { currency }: { currency: string }): Promise<Mail> {
  const words = mailWords(about.locale);
  return mailOf({
    ...about,
    subject: words("autoTopUpOff.subject"),
    intro: words("autoTopUpOff.intro", { currency }),
    link: wayOut(about, null).link,
    note: words("autoTopUpOff.note"),
  });
}

/** To their other card where there is one, else to where one is saved. */
function wayOut({ locale, host }: Addressed, otherLast4: string | null) {
  const words = mailWords(locale);
  const url = `${host.url}/payment-methods`;
  return otherLast4 === null
    ? { link: { label: words("cardExpiring.action"), url }, note: words("cardExpiring.note") }
    : {
        link: { label: words("cardExpiring.move", { last4: otherLast4 }), url },
        note: words("cardExpiring.noteOther", { last4: otherLast4 }),
      };
}
