import { formatMoney, isPositive, type Money } from "@/lib/kernel/money";

/** The portal's messages in one language, by their whole name, such as "paper.total". */
export type Words = (key: string, values?: Record<string, string | number>) => string;

/** The words in a customer's language; in English if we do not speak it. */
export type WordsOf = (locale: string) => Words;

/** The words of one paper, and how it writes amounts, days and rates; the same spelling as on the pages. */
export interface Speech {
  readonly words: Words;
  amount(of: Money): string;
  /** With a plus before what was added. */
  signed(of: Money): string;
  day(at: Date): string;
  rate(ppm: number): string;
}

/** Days before months in English: "3 Dec 2026" cannot be misread on either side of an ocean. */
const tags: Record<string, string> = { en: "en-GB", zh: "zh-CN" };

export function speechOf(words: Words, locale: string, timeZone: string): Speech {
  const spoken = Object.hasOwn(tags, locale) ? locale : "en";
  const days = new Intl.DateTimeFormat(tags[spoken], {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone,
  });
  const rates = new Intl.NumberFormat(spoken, { style: "percent", maximumFractionDigits: 4 });
  const amount = (of: Money) => formatMoney(of, spoken).replace("-", "−");
  return {
    words,
    amount,
    signed: (of) => (isPositive(of) ? "+" : "") + amount(of),
    day: (at) => days.format(at),
    rate: (ppm) => rates.format(ppm / 1_000_000),
  };
}

/** BCP 47: Simplified Chinese is not all Chinese. */
export function languageTag(locale: string): string {
  return locale === "zh" ? "zh-Hans" : "en";
}
