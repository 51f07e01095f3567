import type { CalendarDay } from "@/lib/kernel/calendar";
import { formatMoney, type Money } from "@/lib/kernel/money";
import { longDayOf } from "./dates";
import { mailOf, type PayLinkLine } from "./layout";
import type { LetterRow } from "./letter";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** Services that have been stopped, as they stand when the mail is written. */
export interface StopNews {
  what: "suspended" | "terminated";
  /** At least one. */
  services: readonly StoppedService[];
  payLinks: readonly PayLinkLine[];
}

export interface StoppedService {
  label: string;
  on: CalendarDay;
  /** What restores it; null where its renewal was declined. */
  invoice: { number: string; amount: Money } | null;
  /** Null where it is over, or never comes. */
  terminatesOn: CalendarDay | null;
}

/** What was stopped, what restores it, and until when that is possible (domain.md, A4). */
export function stopMail(about: Addressed, { what, services, payLinks }: StopNews): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const [first] = services;
  if (!first) throw new Error("a mail about services names one");
  const count = services.length;
  const isToPay = payLinks.length > 0;
  const facts = {
    what: count === 1 ? first.label : words("morning.services", { count }),
    date: longDayOf(first.on, about),
    count,
    amount: payLinks.map(({ amount }) => formatMoney(amount, locale)).join(" + "),
  };
  const number = count === 1 && first.invoice ? encodeURIComponent(first.invoice.number) : null;
  const key = what === "suspended" && !isToPay ? "suspendedDeclined" : what;
  return mailOf({
    ...about,
    subject: words(`stop.${key}`, facts),
    intro: words(`stop.${key}Intro`, facts),
    rows: services.map((service) => rowOf(about, what, service)),
    link: {
      label: words(number ? "morning.see" : "morning.seeServices"),
      url: number ? `${host.url}/invoices/${number}` : `${host.url}/services`,
    },
    payLinks,
    note: words(`stop.${key}Note`, facts),
  });
}

function rowOf(about: Addressed, what: StopNews["what"], service: StoppedService): LetterRow {
  const { label, on, invoice, terminatesOn } = service;
  const words = mailWords(about.locale);
  const date = longDayOf(on, about);
  const amount = invoice ? formatMoney(invoice.amount, about.locale) : "";
  const deleted = terminatesOn ? longDayOf(terminatesOn, about) : "";
  const detail =
    what === "terminated"
      ? words("stop.rowTerminated", { date })
      : words(invoice ? "stop.rowUnpaid" : "stop.rowDeclined", {
          number: invoice?.number ?? "",
          deleted,
          hasEnd: terminatesOn ? "yes" : "no",
        });
  return { title: label, detail, amount };
}
