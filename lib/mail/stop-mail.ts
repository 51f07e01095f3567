import { formatMoney, type Money } from "@/lib/kernel/money";
import { longDay } from "./dates";
import { mailOf, type PayLinkLine } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** Services that will be stopped, or have been, as they stand when the mail is written. */
export interface StopNews {
  what: "suspensionAhead" | "suspended" | "terminationAhead" | "terminated";
  /** Soonest first; at least one. Without an invoice where its renewal was declined. */
  services: readonly { label: string; at: Date; invoice: { number: string; amount: Money } | null }[];
  payLinks: readonly PayLinkLine[];
}

/** What is stopped and when, why, and the links that mend it. */
export function stopMail(about: Addressed, { what, services, payLinks }: StopNews): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const [first] = services;
  if (!first) throw new Error("a mail about services names one");
  const isOne = services.length === 1;
  const date = (at: Date) => longDay(at, about);
  const isOver = what === "terminated";
  const count = services.length;
  const facts = {
    what: isOne ? first.label : words("renewalShort.many", { count }),
    date: date(first.at),
    count,
    days: new Set(services.map(({ at }) => date(at))).size === 1 ? "one" : "several",
  };
  const reasons = services.map(({ label, at, invoice }) =>
    isOver
      ? words("stop.ended", { label, date: date(at) })
      : invoice
        ? words("stop.unpaid", {
            label,
            number: invoice.number,
            amount: formatMoney(invoice.amount, locale),
            date: date(at),
          })
        : words("stop.declined", { label, date: date(at) }),
  );
  const number = isOne && first.invoice ? encodeURIComponent(first.invoice.number) : null;
  return mailOf({
    ...about,
    subject: words(`stop.${what}`, facts),
    intro: words(`stop.${what}Intro`, facts),
    link: {
      label: words(number && !isOver ? "renewalShort.pay" : "stop.see"),
      url: number && !isOver ? `${host.url}/invoices/${number}` : `${host.url}/services`,
    },
    ...(number && !isOver
      ? {
          otherLink: {
            label: words("renewalShort.topUp"),
            url: `${host.url}/balance/top-up?invoice=${number}`,
          },
        }
      : {}),
    payLinks,
    note: [...(isOver && isOne ? [] : reasons), words(noteOf(what, services), facts)].join("\n"),
  });
}

/** What mends it: paying, or renewing anew where there is nothing to pay. */
function noteOf(what: StopNews["what"], services: StopNews["services"]) {
  const isToPay = services.some(({ invoice }) => invoice !== null);
  return what === "suspensionAhead" && !isToPay
    ? "stop.suspensionAheadDeclinedNote"
    : (`stop.${what}Note` as const);
}
