export const locales = ["en", "zh"] as const;

export type Locale = (typeof locales)[number];

/** How the language is named to browsers and screen readers: Simplified Chinese is not all Chinese. */
export const languageTags = { en: "en", zh: "zh-Hans" } as const satisfies Record<Locale, string>;

export function isLocale(text: string | undefined): text is Locale {
  return locales.some((locale) => locale === text);
}

/** The choice if there is one, else the first language of the browser that we speak, else English. */
export function chooseLocale(chosen: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(chosen)) return chosen;
  const wanted = (acceptLanguage ?? "")
    .slice(0, 500)
    .split(",")
    .map((part, index) => ({ ...parseRange(part), index }))
    .filter((range) => range.weight > 0)
    .sort((a, b) => b.weight - a.weight || a.index - b.index);
  return wanted.map((range) => range.language).find(isLocale) ?? "en";
}

/** One range of RFC 9110, 12.5.4: "zh-CN;q=0.8" is zh at 0.8. */
function parseRange(part: string): { language: string; weight: number } {
  const [tag = "", ...parameters] = part.trim().toLowerCase().split(";");
  const quality = parameters.map((text) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(text)?.[1]).find(Boolean);
  return { language: tag.split("-")[0] ?? "", weight: quality === undefined ? 1 : Number(quality) };
}
