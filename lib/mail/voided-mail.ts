import { longDay } from "./dates";
import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed } from "./payment-mail";

/** Invoices that the host canceled in one act, and what follows for what they billed. */
export interface VoidedNews {
  /** At least one. */
  numbers: readonly string[];
  /** Their terms are billed on new invoices. */
  isBilledAgain: boolean;
  /** Services that end with their paid term; it may be over. */
  ending: readonly { label: string; endsAt: Date; isOver: boolean }[];
}

/** That nothing is owed any more on invoices that the host canceled, and what becomes of their services (domain.md, A3). */
export function voidedMail(about: Addressed, { numbers, isBilledAgain, ending }: VoidedNews): Promise<Mail> {
  const words = mailWords(about.locale);
  const [first] = numbers;
  if (!first) throw new Error("a mail about invoices names one");
  const count = numbers.length;
  return mailOf({
    ...about,
    subject: words("voided.subject", { number: first, count }),
    intro: [
      words("voided.intro", { count }),
      ...(isBilledAgain ? [words("voided.again")] : []),
      ...(ending.length > 0 ? [words("voided.ends")] : []),
    ].join(" "),
    rows: [
      ...numbers.map((number) => ({ title: number, detail: words("voided.row"), amount: "" })),
      ...ending.map(({ label, endsAt, isOver }) => ({
        title: label,
        detail: words(isOver ? "voided.rowEnded" : "voided.rowEnds", { date: longDay(endsAt, about) }),
        amount: "",
      })),
    ],
    link: { label: words("voided.see"), url: `${about.host.url}/invoices/${encodeURIComponent(first)}` },
    note: words("voided.note"),
  });
}
