/** A rule that does not hold, and where. */
export interface Untrue {
  readonly rule: string;
  readonly detail: string;
}

export interface Notice {
  id: string;
  topic: string;
  text: string;
  locale: string;
  sentAt: Date;
  customerId: string;
}

/** From one run of the jobs to the next. */
export interface Hour {
  since: Date;
  now: Date;
  start: Date;
}

/** Whether a text names a service: not another one whose name only begins or ends the same. */
export function names(text: string, label: string): boolean {
  const word = /[\p{L}\p{N}_.-]/u;
  for (let at = text.indexOf(label); at >= 0; at = text.indexOf(label, at + 1)) {
    const [before = " ", after = " "] = [text[at - 1], text[at + label.length]];
    const isEnd = after === "." && !word.test(text[at + label.length + 1] ?? " ");
    if (!word.test(before) && (isEnd || !word.test(after))) return true;
  }
  return false;
}

export function longDates(locale: string, timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, { dateStyle: "long", timeZone });
}

export function missing(
  rows: readonly Record<string, unknown>[],
  rule: string,
): { untrue: Untrue[]; count: number } {
  const untold = rows.filter((row) => !row.is_told);
  return { untrue: untold.map((row) => ({ rule, detail: String(row.number) })), count: rows.length };
}
