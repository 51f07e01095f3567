import type { CalendarDay } from "@/lib/kernel/calendar";
import { formatMoney, type Money } from "@/lib/kernel/money";
import { longDay, longDayOf } from "./dates";
import { mailOf, type PayLinkLine } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed, PaymentNews } from "./payment-mail";

/** Renewals that the balance does not reach for, as they stand when the mail is written. */
export interface ShortRenewals {
  /** What is missing for all of them, beside what is available. */
  short: Money;
  total: Money;
  available: Money;
  /** Those that are still open, first due first; at least one. */
  invoices: readonly { number: string; label: string; amount: Money; dueOn: CalendarDay }[];
  payLinks: readonly PayLinkLine[];
}

/** Balance too low: how much is missing, for what, until when, and the two links that mend it. */
export function renewalShortMail(
  about: Addressed,
  { short, total, available, invoices, payLinks }: ShortRenewals,
): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const amount = (of: Money) => formatMoney(of, locale);
  const [first] = invoices;
  if (!first) throw new Error("a mail about renewals names one");
  const isOne = invoices.length === 1;
  const what = isOne ? first.label : words("renewalShort.many", { count: invoices.length });
  const facts = { what, short: amount(short), total: amount(total), available: amount(available) };
  const lines = isOne ? [] : linesOf(about, invoices);
  const number = encodeURIComponent(first.number);
  return mailOf({
    ...about,
    subject: words("renewalShort.subject", { ...facts, date: longDayOf(first.dueOn, about) }),
    intro: words(isOne ? "renewalShort.intro" : "renewalShort.introMany", {
      ...facts,
      date: longDayOf(first.dueOn, about),
    }),
    link: {
      label: words("renewalShort.pay"),
      url: isOne ? `${host.url}/invoices/${number}` : `${host.url}/invoices`,
    },
    otherLink: {
      label: words("renewalShort.topUp"),
      url: isOne ? `${host.url}/balance/top-up?invoice=${number}` : `${host.url}/balance/top-up`,
    },
    payLinks,
    note: [...lines, words("renewalShort.note")].join("\n"),
  });
}

/** Open invoices that are reminded of, as they stand when the mail is written. */
export interface RemindedInvoices {
  total: Money;
  /** Of the first one; negative ahead of it. */
  daysFromDue: number;
  /** First due first; at least one. */
  invoices: ShortRenewals["invoices"];
  payLinks: readonly PayLinkLine[];
}

/** A reminder of open invoices: amount and date in the subject, one link that pays. */
export function invoicesDueMail(
  about: Addressed,
  { total, daysFromDue, invoices, payLinks }: RemindedInvoices,
): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const [first] = invoices;
  if (!first) throw new Error("a reminder names an invoice");
  const isOne = invoices.length === 1;
  const when = daysFromDue > 0 ? "overdue" : daysFromDue === 0 ? "today" : "ahead";
  const facts = {
    number: first.number,
    label: first.label,
    count: invoices.length,
    amount: formatMoney(total, locale),
    date: longDayOf(first.dueOn, about),
    when,
  };
  const lines = isOne ? [] : linesOf(about, invoices);
  return mailOf({
    ...about,
    subject: words(`invoicesDue.${when}${isOne ? "" : "Many"}`, facts),
    intro: words(isOne ? "invoicesDue.intro" : "invoicesDue.introMany", facts),
    link: {
      label: words("renewalShort.pay"),
      url: isOne ? `${host.url}/invoices/${encodeURIComponent(first.number)}` : `${host.url}/invoices`,
    },
    payLinks,
    note: [...lines, words("invoicesDue.note")].join("\n"),
  });
}

function linesOf(about: Addressed, invoices: ShortRenewals["invoices"]): string[] {
  return invoices.map(({ label, amount, dueOn }) =>
    mailWords(about.locale)("renewalShort.line", {
      label,
      amount: formatMoney(amount, about.locale),
      date: longDayOf(dueOn, about),
    }),
  );
}

/** A receipt of what renewed by itself: what the balance paid, and until when each service runs now. */
export function renewedMail(
  about: Addressed,
  renewed: Pick<PaymentNews, "fromBalance" | "services"> & { paid: readonly { number: string }[] },
): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const date = (instant: Date) => longDay(instant, about);
  const amount = formatMoney(renewed.fromBalance, locale);
  const numbers = renewed.paid.map(({ number }) => number).join(", ");
  const [first] = renewed.services;
  const isOne = renewed.services.length === 1 && first;
  const what = isOne ? first.label : words("renewalShort.many", { count: renewed.services.length });
  return mailOf({
    ...about,
    subject: words("renewed.subject", { what, amount }),
    intro: words("renewed.intro", { amount, numbers }),
    link: {
      label: words("renewed.action"),
      url: `${host.url}/invoices/${encodeURIComponent(renewed.paid[0]?.number ?? "")}`,
    },
    note: renewed.services
      .map(({ label, expiresAt }) => words("receipt.service", { label, date: date(expiresAt) }))
      .join("\n"),
  });
}
