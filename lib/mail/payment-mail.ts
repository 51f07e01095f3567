import { formatMoney, isPositive, type Money, subtract } from "@/lib/kernel/money";
import { longDay } from "./dates";
import { mailOf, type PayLinkLine } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";

/** To whom a mail goes, and from which host. */
export interface Addressed {
  locale: string;
  recipient: { name: string; email: string; copies?: readonly string[] };
  host: { name: string; url: string };
  timeZone: string;
}

/** What a payment paid and brought, as its receipt has it. */
export interface PaymentNews {
  total: Money;
  fromBalance: Money;
  byBank: Money;
  toBalance: Money;
  /** Of that, what paid debt at once. */
  toDebt: Money;
  /** What was waiting and was then paid from the balance. */
  settled: readonly { number: string }[];
  /** On the balance, when the mail is written. */
  available: Money;
  /** What renewals that wait for the balance are short of then; null if nothing is. */
  stillShort: { amount: Money; numbers: readonly string[] } | null;
  numbers: readonly string[];
  /** Of these numbers, what it paid in part only: what is still to be paid. */
  open: readonly { number: string; remaining: Money }[];
  services: readonly { label: string; expiresAt: Date }[];
}

/**
 * The mail after a payment through Stripe or by bank arrived, or after the customer paid from their balance: amount and
 * invoices in the subject, the new expiry dates inside. Only what came from outside was received.
 */
export function receiptMail(about: Addressed, news: PaymentNews): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const amount = formatMoney(news.total, locale);
  const numbers = news.numbers.join(", ");
  const isForInvoices = news.numbers.length > 0;
  const isOfBalance = isForInvoices && news.open.length === 0 && news.fromBalance.minor === news.total.minor;
  const date = (instant: Date) => longDay(instant, about);
  const facts = {
    amount,
    numbers,
    came: formatMoney(subtract(news.total, news.fromBalance), locale),
    way: isPositive(news.byBank) ? "bank" : "card",
    balance: formatMoney(news.fromBalance, locale),
  };
  const sentences = [
    ...news.open.map(({ number, remaining }) =>
      words("receipt.stillOpen", { number, amount: formatMoney(remaining, locale) }),
    ),
    ...balanceSentences(locale, news),
    ...news.services.map(({ label, expiresAt }) =>
      words("receipt.service", { label, date: date(expiresAt) }),
    ),
  ];
  const { subject, intro } = openingOf(news, isOfBalance);
  return mailOf({
    ...about,
    subject: words(subject, facts),
    intro: words(intro, facts),
    link: isForInvoices
      ? { label: words("receipt.action"), url: `${host.url}/invoices/${news.numbers[0]}` }
      : { label: words("receipt.actionBalance"), url: `${host.url}/balance` },
    note: sentences.join(" "),
  });
}

function openingOf({ numbers, open, fromBalance }: PaymentNews, isOfBalance: boolean) {
  if (isOfBalance)
    return { subject: "receipt.subjectFromBalance", intro: "receipt.introFromBalance" } as const;
  if (numbers.length === 0)
    return { subject: "receipt.subjectBalance", intro: "receipt.introBalance" } as const;
  if (isPositive(fromBalance))
    return { subject: "receipt.subjectCombined", intro: "receipt.introCombined" } as const;
  return {
    subject: "receipt.subject",
    intro: open.length > 0 ? "receipt.introPart" : "receipt.intro",
  } as const;
}

/** What went to the balance; and if it did not stay there, what it paid, debt first, and what is left. */
function balanceSentences(
  locale: string,
  { toBalance, toDebt, settled, available, stillShort }: PaymentNews,
): string[] {
  if (!isPositive(toBalance)) return [];
  const words = mailWords(locale);
  const rest = subtract(toBalance, toDebt);
  const amount = formatMoney(rest, locale);
  const debt = isPositive(toDebt) ? [words("receipt.toDebt", { amount: formatMoney(toDebt, locale) })] : [];
  const short = stillShort
    ? [
        words("receipt.stillShort", {
          amount: formatMoney(stillShort.amount, locale),
          numbers: stillShort.numbers.join(", "),
        }),
      ]
    : [];
  if (settled.length === 0) {
    return [...debt, ...(isPositive(rest) ? [words("receipt.toBalance", { amount })] : []), ...short];
  }
  const numbers = settled.map(({ number }) => number).join(", ");
  return [
    ...debt,
    words("receipt.settled", { amount, numbers }),
    words("receipt.left", { amount: formatMoney(available, locale) }),
    ...short,
  ];
}

/** Money for an invoice that was closed meanwhile, or too late for its payment: it is the customer's balance now, less what paid debt. */
export function moneyBecameBalanceMail(
  about: Addressed,
  { amount, toDebt }: { amount: Money; toDebt: Money },
): Promise<Mail> {
  const words = mailWords(about.locale);
  const text = formatMoney(amount, about.locale);
  return mailOf({
    ...about,
    subject: words("moneyBecameBalance.subject", { amount: text }),
    intro: words("moneyBecameBalance.intro", { amount: text }),
    link: { label: words("moneyBecameBalance.action"), url: `${about.host.url}/balance` },
    note: [
      ...(isPositive(toDebt)
        ? [words("moneyBecameBalance.toDebt", { amount: formatMoney(toDebt, about.locale) })]
        : []),
      words("moneyBecameBalance.note"),
    ].join(" "),
  });
}

/** A delayed payment that the bank did not complete, days after the customer left the page. */
export function paymentFailedMail(
  about: Addressed,
  amount: Money,
  { numbers, payLinks }: { numbers: readonly string[]; payLinks: readonly PayLinkLine[] },
): Promise<Mail> {
  const words = mailWords(about.locale);
  const text = formatMoney(amount, about.locale);
  const isForInvoices = numbers.length > 0;
  return mailOf({
    ...about,
    subject: words("paymentFailed.subject", { amount: text }),
    intro: isForInvoices
      ? words("paymentFailed.intro", { amount: text, numbers: numbers.join(", ") })
      : words("paymentFailed.introBalance", { amount: text }),
    link: isForInvoices
      ? { label: words("paymentFailed.action"), url: `${about.host.url}/invoices/${numbers[0]}` }
      : { label: words("paymentFailed.actionBalance"), url: `${about.host.url}/balance` },
    payLinks,
    note: words("paymentFailed.note"),
  });
}
