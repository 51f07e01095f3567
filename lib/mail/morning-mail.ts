import type { CalendarDay } from "@/lib/kernel/calendar";
import { formatMoney, isPositive, type Money } from "@/lib/kernel/money";
import { type CardExpiring, cardExpiringWords } from "./card-mail";
import { longDayOf } from "./dates";
import { mailOf } from "./layout";
import type { LetterRow } from "./letter";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { MorningInvoice, MorningPart } from "./morning-part";
import { openingOf, untilWhen } from "./morning-subject";
import type { Addressed } from "./payment-mail";

/** Everything that a customer is reminded of on a day, as it stands when the mail is written (domain.md, A5). */
export interface MorningNews {
  /** The most urgent first. */
  readonly parts: readonly MorningPart[];
  /** Services that end without anything to pay: their renewal was declined. */
  readonly declined: readonly DeclinedStop[];
  readonly card: CardExpiring | null;
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
    const adding = { ...facts, ...untilWhen(short, about), short: amount(short.amount) };
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
