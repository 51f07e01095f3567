/** Days before months in English, as on the pages: "3 December 2026" cannot be misread on either side of an ocean. */
const tags: Record<string, string> = { en: "en-GB", zh: "zh-CN" };

/** A day as mails write it, with the month in full: "3 December 2026". */
export function longDay(at: Date, { locale, timeZone }: { locale: string; timeZone: string }): string {
  return new Intl.DateTimeFormat(tags[locale] ?? locale, { dateStyle: "long", timeZone }).format(at);
}

/** The same of a day of the calendar ("YYYY-MM-DD"): it is that day in every time zone. */
export function longDayOf(day: string, { locale }: { locale: string }): string {
  return longDay(new Date(`${day}T00:00:00Z`), { locale, timeZone: "UTC" });
}

/** A moment as mails write it, to the minute and with its zone: "3 December 2026 at 14:05 UTC". */
export function longMoment(at: Date, { locale, timeZone }: { locale: string; timeZone: string }): string {
  return new Intl.DateTimeFormat(tags[locale] ?? locale, {
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(at);
}
