import { formatMoney, type Money } from "@/lib/kernel/money";
import { longDay } from "./dates";
import { mailOf, type PayLinkLine } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** A charge of auto-pay or auto top-up that the bank declined. */
export interface AutoChargeFailed {
  amount: Money;
  /** Of the invoices it was for, first due first; none for a top-up. */
  numbers: readonly string[];
  why: "authentication" | "hard" | "declined";
  /** When the card is charged again by itself; null when it is not. */
  nextAt: Date | null;
  payLinks: readonly PayLinkLine[];
}

/** Says that nothing was taken, what happens next, and leads to where it is paid on session. */
export function autoChargeFailedMail(about: Addressed, failed: AutoChargeFailed): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const { numbers, why, nextAt, payLinks } = failed;
  const [first] = numbers;
  const facts = {
    amount: formatMoney(failed.amount, locale),
    numbers: numbers.join(", "),
    date: nextAt ? longDay(nextAt, about) : "",
  };
  const cards = { label: words("autoPayFailed.cards"), url: `${host.url}/payment-methods` };
  if (!first) {
    return mailOf({
      ...about,
      subject: words("autoPayFailed.subjectTopUp", facts),
      intro: words("autoPayFailed.topUp", facts),
      link: { label: words("paymentFailed.actionBalance"), url: `${host.url}/balance/top-up` },
      otherLink: cards,
      payLinks,
      note: words("paymentFailed.note"),
    });
  }
  const intro = why === "declined" ? (nextAt ? "retry" : "last") : why;
  return mailOf({
    ...about,
    subject: words("autoPayFailed.subject", facts),
    intro: words(`autoPayFailed.${intro}`, facts),
    link: {
      label: words("morning.see"),
      url:
        numbers.length === 1 ? `${host.url}/invoices/${encodeURIComponent(first)}` : `${host.url}/invoices`,
    },
    otherLink: cards,
    payLinks,
    note: words("autoPayFailed.note"),
  });
}
