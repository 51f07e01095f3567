/** Days before months in English: "3 Dec 2026" cannot be misread on either side of an ocean. */
const tags: Record<string, string> = { en: "en-GB", zh: "zh-CN" };

export function formatDay(at: Date, locale: string, timeZone: string): string {
  return formatter(locale, timeZone, "day").format(at);
}

/** A day of the calendar itself ("YYYY-MM-DD"): the same in every time zone. */
export function formatDayOf(day: string, locale: string): string {
  return formatDay(new Date(`${day}T00:00:00Z`), locale, "UTC");
}

export function formatMoment(at: Date, locale: string, timeZone: string): string {
  return formatter(locale, timeZone, "moment").format(at);
}

export function formatMonth(at: Date, locale: string, timeZone: string): string {
  return formatter(locale, timeZone, "month").format(at);
}

/** "in 6 days", "yesterday". */
export function formatDaysFromNow(days: number, locale: string): string {
  return new Intl.RelativeTimeFormat(tags[locale] ?? locale, { numeric: "auto" }).format(days, "day");
}

const looks = {
  day: { day: "numeric", month: "short", year: "numeric" },
  moment: { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
  month: { month: "long", year: "numeric" },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs far more than using it; locales and the time zone come from a short list. */
function formatter(locale: string, timeZone: string, look: keyof typeof looks): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${look}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(tags[locale] ?? locale, { ...looks[look], timeZone });
  formatters.set(key, made);
  return made;
}
