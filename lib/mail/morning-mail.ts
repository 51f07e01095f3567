import type { CalendarDay } from "@/lib/kernel/calendar";
import { formatMoney, isPositive, type Money } from "@/lib/kernel/money";
import { type CardExpiring, cardExpiringWords } from "./card-mail";
import { longDayOf } from "./dates";
import { mailOf, type PayLinkLine } from "./layout";
import type { LetterRow } from "./letter";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** Everything that a customer is reminded of on a day, as it stands when the mail is written (domain.md, A5). */
export interface MorningNews {
  /** The most urgent first. */
  readonly parts: readonly MorningPart[];
  /** Services that end without anything to pay: their renewal was declined. */
  readonly declined: readonly DeclinedStop[];
  readonly card: CardExpiring | null;
}

/** What is open in one currency. */
export interface MorningPart {
  /** First due first; at least one. */
  readonly invoices: readonly MorningInvoice[];
  /** Of those that are to be paid; zero where a card is charged for all of them. */
  readonly total: Money;
  /** On the balance, less what is held. */
  readonly available: Money;
  /** Owed since a payment was taken back. */
  readonly debt: Money;
  /** What the balance misses for what renews automatically, and until when; null if nothing. */
  readonly short: { readonly amount: Money; readonly what: string | null; readonly by: CalendarDay } | null;
  /** What pays all of it; null where nothing is to be paid. */
  readonly payLink: PayLinkLine | null;
}

export interface MorningInvoice {
  readonly number: string;
  readonly label: string;
  readonly amount: Money;
  readonly dueOn: CalendarDay;
  /** Negative ahead of it. */
  readonly daysFromDue: number;
  /** It was issued since the last mail. */
  readonly isNew: boolean;
  /** The card that will be charged, and on which day. */
  readonly charge: { readonly last4: string; readonly on: CalendarDay } | null;
  /** The service that is stopped first if it stays unpaid. */
  readonly stop: InvoiceStop | null;
}

export interface InvoiceStop {
  /** What today's mail announces. */
  readonly announces: "suspension" | "termination" | null;
  readonly isSuspended: boolean;
  /** On which day it is suspended, or was. */
  readonly suspendsOn: CalendarDay;
  readonly terminatesOn: CalendarDay;
}

export interface DeclinedStop {
  readonly label: string;
  readonly what: "suspension" | "termination";
  readonly on: CalendarDay;
}

/** The one mail of reminding that a customer gets on a day. */
export function morningMail(about: Addressed, news: MorningNews): Promise<Mail> {
  const { host } = about;
  const words = mailWords(about.locale);
  const { parts, declined, card } = news;
  const [part] = parts;
  if (!part && declined.length === 0) {
    if (!card) throw new Error("a mail of reminding has something to say");
    // Copies are of mails about invoices.
    const { name, email } = about.recipient;
    return mailOf({ ...about, recipient: { name, email }, ...cardExpiringWords(about, card) });
  }
  const opening = part ? openingOf(about, part) : declinedOpening(about, declined);
  const [short] = parts.flatMap((one) => (one.short && one.total.minor > 0n ? [one] : []));
  const [only, ...more] = parts.flatMap(({ invoices }) => invoices);
  const number = only && more.length === 0 ? encodeURIComponent(only.number) : null;
  const notes = (isCopy: boolean) =>
    [
      ...parts.flatMap((one) => proposalOf(about, one, isCopy)),
      ...(part && declined.length > 0 ? [words("morning.declinedNote")] : []),
      ...(card ? [cardExpiringWords(about, card).intro] : []),
    ].join("\n\n");
  return mailOf({
    ...about,
    ...opening,
    rows: [
      ...parts.flatMap(({ invoices }) => invoices.map((invoice) => rowOf(about, invoice))),
      ...declined.map((stop) => declinedRow(about, stop)),
    ],
    link: {
      label: words(part ? "morning.see" : "morning.seeServices"),
      url: number ? `${host.url}/invoices/${number}` : `${host.url}/${part ? "invoices" : "services"}`,
    },
    ...(short?.short && {
      otherLink: {
        label: words("morning.addFunds", { amount: formatMoney(short.short.amount, about.locale) }),
        url: `${host.url}/balance/top-up${number ? `?invoice=${number}` : ""}`,
      },
    }),
    payLinks: parts.flatMap(({ payLink }) => payLink ?? []),
    note: notes(false),
    copyNote: notes(true),
  });
}

/** The most urgent of what there is to say in a currency. */
type Urgency = "termination" | "suspension" | "pastDue" | "short" | "today" | "ahead" | "charged" | "new";

export function urgencyOf({ invoices, short, total }: MorningPart): Urgency {
  if (invoices.some(({ stop }) => stop?.announces === "termination")) return "termination";
  if (invoices.some(({ stop }) => stop?.announces === "suspension")) return "suspension";
  if (total.minor === 0n) return "charged";
  const due = invoices.filter(({ charge }) => charge === null);
  if (due.some(({ daysFromDue }) => daysFromDue > 0)) return "pastDue";
  if (short) return "short";
  if (due.every(({ isNew }) => isNew)) return "new";
  return due.some(({ daysFromDue }) => daysFromDue === 0) ? "today" : "ahead";
}

function openingOf(about: Addressed, part: MorningPart): { subject: string; intro: string } {
  const { locale } = about;
  const words = mailWords(locale);
  const urgency = urgencyOf(part);
  const told = subjectsOf(part, urgency);
  const [first] = told;
  if (!first) throw new Error("a reminder names an invoice");
  const isOne = told.length === 1;
  const day = (on: CalendarDay) => longDayOf(on, about);
  const facts = {
    what: isOne ? first.label : words("morning.services", { count: told.length }),
    number: first.number,
    count: told.length,
    amount: formatMoney(urgency === "charged" ? sumOf(told) : part.total, locale),
    // Only what is late counts as past due.
    late: formatMoney(urgency === "pastDue" ? lateOf(told) : part.total, locale),
    short: part.short ? formatMoney(part.short.amount, locale) : "",
    by: part.short ? day(part.short.by) : "",
    renews: part.short?.what ?? words("morning.services", { count: told.length }),
    date: day(dayTold(first, urgency)),
    end: first.stop ? day(first.stop.terminatesOn) : "",
    last4: first.charge?.last4 ?? "",
    due: day(first.dueOn),
  };
  const many = isOne ? "" : "Many";
  if (urgency === "new" || urgency === "charged") {
    return {
      subject: words(`morning.${urgency}${many}`, facts),
      intro: words(`morning.${urgency}Intro${many}`, facts),
    };
  }
  return {
    subject: words(`morning.${urgency}`, facts),
    intro: words(`morning.${urgency}Intro${many}`, facts),
  };
}

/** The day that the subject names: a stop only where that is what it announces. */
function dayTold({ dueOn, charge, stop }: MorningInvoice, urgency: Urgency): CalendarDay {
  switch (urgency) {
    case "termination":
      return stop?.terminatesOn ?? dueOn;
    case "suspension":
      return stop?.suspendsOn ?? dueOn;
    case "charged":
      return charge?.on ?? dueOn;
    default:
      return dueOn;
  }
}

/** The invoices that the subject is about. */
function subjectsOf({ invoices }: MorningPart, urgency: Urgency): MorningInvoice[] {
  switch (urgency) {
    case "termination":
    case "suspension":
      return invoices.filter(({ stop }) => stop?.announces === urgency);
    case "charged":
      return invoices.filter(({ charge }) => charge !== null);
    default:
      return invoices.filter(({ charge }) => charge === null);
  }
}

function sumOf(invoices: readonly MorningInvoice[]): Money {
  const [first, ...others] = invoices.map(({ amount }) => amount);
  if (!first) throw new Error("a reminder names an invoice");
  return { ...first, minor: others.reduce((total, { minor }) => total + minor, first.minor) };
}

function lateOf(invoices: readonly MorningInvoice[]): Money {
  return sumOf(invoices.filter(({ daysFromDue }) => daysFromDue > 0));
}

function rowOf(about: Addressed, invoice: MorningInvoice): LetterRow {
  const { number, label, amount, dueOn, daysFromDue, charge, stop } = invoice;
  const words = mailWords(about.locale);
  const day = (on: CalendarDay) => longDayOf(on, about);
  const when = daysFromDue > 0 ? "past" : daysFromDue === 0 ? "today" : "ahead";
  const lines = [
    charge
      ? words("morning.rowCharged", { number, last4: charge.last4, date: day(charge.on) })
      : words("morning.row", { number, date: day(dueOn), when }),
    ...(stop && !charge && (daysFromDue > 0 || stop.announces || stop.isSuspended)
      ? [
          words(stop.isSuspended ? "morning.rowSuspended" : "morning.rowStops", {
            amount: formatMoney(amount, about.locale),
            suspended: day(stop.suspendsOn),
            deleted: day(stop.terminatesOn),
          }),
        ]
      : []),
  ];
  return { title: label, detail: lines.join("\n"), amount: formatMoney(amount, about.locale) };
}

/** What to do about it: what is true now, and no more than one way to pay beside the button. */
function proposalOf(about: Addressed, part: MorningPart, isCopy: boolean): string[] {
  const { total, available, debt, short, payLink } = part;
  const words = mailWords(about.locale);
  const amount = (of: Money) => formatMoney(of, about.locale);
  const owed = isPositive(debt) ? [words("morning.debt", { debt: amount(debt) })] : [];
  if (total.minor === 0n || !payLink) return [words("morning.nothingToDo"), ...owed];
  const facts = { available: amount(available), total: amount(total) };
  if (!short && !isPositive(debt) && available.minor >= total.minor) {
    return [words(payLink.isFromBalance && !isCopy ? "morning.covered" : "morning.coveredSignIn", facts)];
  }
  if (short) {
    const adding = { ...facts, short: amount(short.amount), by: longDayOf(short.by, about) };
    return [words(isPositive(available) ? "morning.addRest" : "morning.addAll", adding), ...owed];
  }
  if (isPositive(available) && !isCopy) return [words("morning.part", facts), ...owed];
  return [words("morning.card", facts), ...owed];
}

function declinedOpening(
  about: Addressed,
  stops: readonly DeclinedStop[],
): { subject: string; intro: string } {
  const words = mailWords(about.locale);
  const [first] = stops;
  if (!first) throw new Error("a mail about services names one");
  const what = stops.length === 1 ? first.label : words("morning.services", { count: stops.length });
  const facts = { what, count: stops.length, date: longDayOf(first.on, about) };
  return {
    subject: words(`morning.declined_${first.what}`, facts),
    intro: words("morning.declinedIntro", facts),
  };
}

function declinedRow(about: Addressed, { label, what, on }: DeclinedStop): LetterRow {
  const words = mailWords(about.locale);
  return {
    title: label,
    detail: words(`morning.declinedRow_${what}`, { date: longDayOf(on, about) }),
    amount: "",
  };
}
