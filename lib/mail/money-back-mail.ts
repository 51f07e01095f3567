import { formatMoney, type Money, money } from "@/lib/kernel/money";
import { longDay } from "./dates";
import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** Money of a payment went back to its card. */
export function refundMadeMail(about: Addressed, refunded: Money): Promise<Mail> {
  const words = mailWords(about.locale);
  const amount = formatMoney(refunded, about.locale);
  return mailOf({
    ...about,
    subject: words("refundMade.subject", { amount }),
    intro: words("refundMade.intro", { amount }),
    link: { label: words("refundMade.action"), url: `${about.host.url}/balance` },
    note: words("refundMade.note"),
  });
}

/** Why a refund came to nothing, where it was never sent: no bank has refused it. */
const neverSent = [
  "insufficient_funds",
  "merchant_request",
  "charge_for_pending_refund_disputed",
  "canceled",
];

/**
 * The bank did not take a refund, or it was never sent; what of it is on the balance again. `back` came back from Stripe; of
 * it `kept` went to a dispute of the same payment.
 */
export function refundFailedMail(
  about: Addressed,
  refunded: Money,
  { back, kept, code }: { back: Money; kept: Money; code: string | null },
): Promise<Mail> {
  const words = mailWords(about.locale);
  const amount = formatMoney(refunded, about.locale);
  const onBalance = money(back.minor - kept.minor, back.currency);
  const amounts = { amount: formatMoney(onBalance, about.locale), kept: formatMoney(kept, about.locale) };
  const note =
    kept.minor > 0n
      ? words(onBalance.minor > 0n ? "refundFailed.keptSome" : "refundFailed.kept", amounts)
      : words(onBalance.minor > 0n ? "refundFailed.onBalance" : "refundFailed.note", amounts);
  return mailOf({
    ...about,
    subject: words("refundFailed.subject", { amount }),
    intro: words(neverSent.includes(code ?? "") ? "refundFailed.introNotSent" : "refundFailed.intro", {
      amount,
    }),
    link: { label: words("refundFailed.action"), url: `${about.host.url}/balance` },
    note,
  });
}

/** A card payment that the customer's bank took back, and what that means for their balance. */
export interface DisputeNews {
  amount: Money;
  paidAt: Date;
  /** Held of the balance until the bank decides. */
  held: Money;
  /** Taken from the balance when it was lost. */
  taken: Money;
  /** What the bank keeps once it is lost: all of it, or the part that did not come back. */
  lost: Money;
  /** What was lost and had been spent already. */
  owed: Money;
  /** Won only after it was lost: what of it came back to the balance. Null if it was never lost. */
  returned: Money | null;
}

export function disputeMail(
  about: Addressed,
  outcome: "withdrawn" | "won" | "lost",
  news: DisputeNews,
): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const amount = formatMoney(news.amount, locale);
  const facts = { amount, date: longDay(news.paidAt, about) };
  switch (outcome) {
    case "withdrawn":
      return mailOf({
        ...about,
        subject: words("disputeWithdrawn.subject", facts),
        intro: words("disputeWithdrawn.intro", facts),
        link: { label: words("disputeWithdrawn.action"), url: `${host.url}/balance` },
        note: sentences([
          news.held.minor > 0n && words("disputeWithdrawn.held", { held: formatMoney(news.held, locale) }),
          words("disputeWithdrawn.note"),
        ]),
      });
    case "won":
      return mailOf({
        ...about,
        subject: words("disputeWon.subject", facts),
        intro: words(news.returned ? "disputeWon.introAfterLoss" : "disputeWon.intro", facts),
        link: { label: words("disputeWon.action"), url: `${host.url}/balance` },
        note: sentences([
          (news.returned?.minor ?? 0n) > 0n &&
            words("disputeWon.returned", { returned: formatMoney(news.returned as Money, locale) }),
          words("disputeWon.note"),
        ]),
      });
    case "lost": {
      const isPart = news.lost.minor < news.amount.minor;
      const keeps = { ...facts, lost: formatMoney(news.lost, locale) };
      return mailOf({
        ...about,
        subject: words(isPart ? "disputeLost.subjectPart" : "disputeLost.subject", keeps),
        intro: words(isPart ? "disputeLost.introPart" : "disputeLost.intro", keeps),
        link: { label: words("disputeLost.action"), url: `${host.url}/balance/top-up` },
        note: sentences([
          news.taken.minor > 0n && words("disputeLost.taken", { taken: formatMoney(news.taken, locale) }),
          news.owed.minor > 0n && words("disputeLost.owed", { owed: formatMoney(news.owed, locale) }),
          words("disputeLost.note"),
        ]),
      });
    }
  }
}

function sentences(list: readonly (string | false)[]): string {
  return list.filter((sentence) => sentence !== false).join(" ");
}
