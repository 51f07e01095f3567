import { createTranslator } from "next-intl";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { formatMoney, isPositive, type Money } from "@/lib/kernel/money";

/** The portal's messages of one language as far as papers use them: whole sentences, not yet filled in. */
export interface PaperMessages {
  readonly paper: Readonly<Record<string, unknown>>;
  readonly movement: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

/** The portal's messages in one language, by their whole name, such as "paper.total". */
export type Words = (key: string, values?: Record<string, string | number>) => string;

/** The words in a customer's language; in English if we do not speak it. */
export type WordsOf = (locale: string) => Words;

/** A movement of a reason that is newer than the messages is a correction, as on the balance's page. */
export function wordsIn(locale: string, messages: PaperMessages): Words {
  const t = createTranslator({ locale: spokenOf(locale), messages: { ...messages } });
  return (key, values) => {
    const known = key as Parameters<typeof t.has>[0];
    return key.startsWith("movement.") && !t.has(known)
      ? t("movement.other" as never)
      : t(known, values as never);
  };
}

/** The words of one paper, and how it writes amounts, days and rates; the same spelling as on the pages. */
export interface Speech {
  readonly words: Words;
  amount(of: Money): string;
  /** With a plus before what was added. */
  signed(of: Money): string;
  day(at: Date): string;
  /** A day of the calendar itself, the same in every time zone. */
  dayOf(day: CalendarDay): string;
  rate(ppm: number): string;
  /** A country by its name; its code if it has none. */
  country(code: string): string;
}

/** Days before months in English: "3 Dec 2026" cannot be misread on either side of an ocean. */
const tags = { en: "en-GB", zh: "zh-CN" };

export function speechOf(words: Words, locale: string, timeZone: string): Speech {
  const spoken = spokenOf(locale);
  const look = { day: "numeric", month: "short", year: "numeric" } as const;
  const days = new Intl.DateTimeFormat(tags[spoken], { ...look, timeZone });
  const calendarDays = new Intl.DateTimeFormat(tags[spoken], { ...look, timeZone: "UTC" });
  const rates = new Intl.NumberFormat(spoken, { style: "percent", maximumFractionDigits: 4 });
  const countries = new Intl.DisplayNames([tags[spoken]], { type: "region" });
  const amount = (of: Money) => formatMoney(of, spoken).replace("-", "−");
  return {
    words,
    amount,
    signed: (of) => (isPositive(of) ? "+" : "") + amount(of),
    day: (at) => days.format(at),
    dayOf: (day) => calendarDays.format(new Date(`${day}T00:00:00Z`)),
    rate: (ppm) => rates.format(ppm / 1_000_000),
    country: (code) => (/^[A-Z]{2}$/.test(code) ? (countries.of(code) ?? code) : code),
  };
}

function spokenOf(locale: string): "en" | "zh" {
  return locale === "zh" ? "zh" : "en";
}

/** BCP 47: Simplified Chinese is not all Chinese. */
export function languageTag(locale: string): string {
  return locale === "zh" ? "zh-Hans" : "en";
}
