import type { CalendarDay } from "@/lib/kernel/calendar";
import { formatMoney, type Money, sum } from "@/lib/kernel/money";
import { longDayOf } from "./dates";
import { mailWords } from "./messages";
import type { MorningInvoice, MorningPart, Short } from "./morning-part";
import type { Addressed } from "./payment-mail";

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

/** The subject and the first sentences. Their amount is the sum of the invoices that they name, and of no others. */
export function openingOf(about: Addressed, part: MorningPart): { subject: string; intro: string } {
  const { locale } = about;
  const words = mailWords(locale);
  const urgency = urgencyOf(part);
  const named = namedBy(part, urgency);
  const [first] = named;
  if (!first) throw new Error("a reminder names an invoice");
  const count = named.length;
  const services = words("morning.services", { count });
  const day = (on: CalendarDay) => longDayOf(on, about);
  const facts = {
    what: count === 1 ? first.label : services,
    number: first.number,
    count,
    amount: formatMoney(sumOf(named), locale),
    short: part.short ? formatMoney(part.short.amount, locale) : "",
    ...untilWhen(part.short, about),
    renews: part.short?.what ?? services,
    date: day(dayTold(first, urgency)),
    end: first.stop ? day(first.stop.terminatesOn) : "",
    last4: first.charge?.last4 ?? "",
    due: day(first.dueOn),
  };
  const many = count === 1 ? "" : "Many";
  const intro = words(`morning.${urgency}Intro${many}`, facts);
  const rest = restOf(about, part, named);
  return {
    subject: words(
      urgency === "new" || urgency === "charged" ? `morning.${urgency}${many}` : `morning.${urgency}`,
      facts,
    ),
    intro: rest ? `${intro} ${rest}` : intro,
  };
}

/** Until when money still helps, for texts that choose between a day and "now". */
export function untilWhen(short: Short | null, about: Addressed): { by: string; hasDay: "yes" | "no" } {
  return short?.by ? { by: longDayOf(short.by, about), hasDay: "yes" } : { by: "", hasDay: "no" };
}

/** The invoices that the subject is about, first due first. */
function namedBy({ invoices }: MorningPart, urgency: Urgency): MorningInvoice[] {
  const due = invoices.filter(({ charge }) => charge === null);
  switch (urgency) {
    case "termination":
    case "suspension":
      return onFirstDay(
        invoices.filter(({ stop }) => stop?.announces === urgency),
        urgency,
      );
    case "charged":
      return invoices.filter(({ charge }) => charge !== null);
    case "pastDue":
      return due.filter(({ daysFromDue }) => daysFromDue > 0);
    case "today":
      return due.filter(({ daysFromDue }) => daysFromDue === 0);
    case "ahead":
      return onFirstDay(due, urgency);
    default:
      return due;
  }
}

/** Where the subject says one day, those of that day. */
function onFirstDay(invoices: readonly MorningInvoice[], urgency: Urgency): MorningInvoice[] {
  const days = invoices.map((one) => dayTold(one, urgency)).sort();
  return invoices.filter((one) => dayTold(one, urgency) === days[0]);
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

/** The button pays all that is due below: where that is more than the subject names, it is said. */
function restOf(about: Addressed, part: MorningPart, named: readonly MorningInvoice[]): string | null {
  const due = part.invoices.filter(({ charge }) => charge === null);
  if (due.every((one) => named.includes(one))) return null;
  const facts = { count: due.length, total: formatMoney(part.total, about.locale) };
  return mailWords(about.locale)("morning.inAll", facts);
}

function sumOf(invoices: readonly MorningInvoice[]): Money {
  const amounts = invoices.map(({ amount }) => amount);
  const [first] = amounts;
  if (!first) throw new Error("a reminder names an invoice");
  return sum(first.currency, amounts);
}
