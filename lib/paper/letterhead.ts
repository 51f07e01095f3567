import type { BillTo, Host } from "./shapes";
import { type Paragraph, page, Sheet } from "./sheet";
import { languageTag, type Speech } from "./words";

export interface Letterhead {
  host: Host;
  locale: string;
  speech: Speech;
  /** What it is, as "Invoice". */
  kind: string;
  /** Which one: the file's title has it as well. */
  number: string;
  createdAt: Date;
  /** The state in a word, if it has to be seen at once. */
  mark: { text: string; isGood: boolean } | null;
  billTo: BillTo;
  /** Names and values, beside whom it is for. */
  facts: readonly (readonly [string, string])[];
}

const middle = 330;

/** Begins a paper: who writes, what it is, to whom, and the facts one looks for first. */
export function beginPaper(about: Letterhead): Sheet {
  const { host, locale, speech, kind, number, createdAt, mark, billTo, facts } = about;
  const sheet = new Sheet({
    title: `${kind} ${number}`,
    author: host.name,
    language: languageTag(locale),
    createdAt,
    footer: (at, pages) => `${host.name} · ${kind} ${number} · ${speech.words("paper.page", { at, pages })}`,
  });
  const top = sheet.y;
  const hasLogo = host.logo !== null && sheet.image(Buffer.from(host.logo), page.left, 160, 40);
  if (hasLogo) sheet.y += 48;
  const from: Paragraph[] = [
    { text: host.name, size: 12, weight: 700 },
    ...paragraphsOf(host.address).map((text): Paragraph => ({ text, size: 8, ink: "soft" })),
    ...(host.taxId
      ? [{ text: speech.words("paper.hostTaxId", { id: host.taxId }), size: 8, ink: "soft" } as const]
      : []),
  ];
  sheet.write(page.left, middle - page.left - 20, from);
  const below = sheet.y;
  sheet.y = top;
  sheet.write(middle, page.right - middle, [
    { text: kind, size: 18, weight: 700, align: "right" },
    { text: number, size: 11, align: "right" },
    ...(mark
      ? [
          {
            text: mark.text,
            size: 12,
            weight: 700,
            ink: mark.isGood ? "good" : "soft",
            align: "right",
          } as const,
        ]
      : []),
  ]);
  sheet.y = Math.max(below, sheet.y) + 24;
  sheet.beside([
    { x: page.left, width: middle - page.left - 20, paragraphs: addressee(speech, billTo) },
    { x: middle, width: 95, paragraphs: facts.map(([name]) => ({ text: name, ink: "soft" })) },
    {
      x: middle + 95,
      width: page.right - middle - 95,
      paragraphs: facts.map(([, value]) => ({ text: value, align: "right" })),
    },
  ]);
  sheet.y += 20;
  return sheet;
}

/** Names and amounts below each other at the right, the strong ones under a line. */
export function writeFigures(
  sheet: Sheet,
  figures: readonly { name: string; value: string; isStrong?: boolean }[],
): void {
  const left = 285;
  sheet.keepTogether(figures.length * 17);
  for (const { name, value, isStrong = false } of figures) {
    const look = isStrong ? ({ weight: 700, size: 10 } as const) : ({ ink: "soft" } as const);
    sheet.beside([
      { x: left, width: 145, paragraphs: [{ ...look, text: name }] },
      {
        x: left + 150,
        width: page.right - left - 150,
        paragraphs: [{ ...look, ink: "ink", text: value, align: "right" }],
      },
    ]);
    sheet.y += 2;
  }
}

export function writeHeading(sheet: Sheet, text: string): void {
  sheet.keepTogether(60);
  sheet.y += 16;
  sheet.write(page.left, page.right - page.left, [{ text, weight: 700, size: 10.5 }]);
  sheet.y += 4;
}

function addressee(
  { words, country: countryName }: Speech,
  { name, email, country, address, taxId }: BillTo,
): Paragraph[] {
  return [
    { text: words("paper.billTo"), size: 7.5, weight: 700, ink: "soft" },
    { text: name, size: 10.5, weight: 700 },
    ...paragraphsOf(address).map((text) => ({ text })),
    { text: countryName(country) },
    ...(taxId ? [{ text: words("paper.taxId", { id: taxId }) }] : []),
    { text: email, ink: "soft" },
  ];
}

function paragraphsOf(text: string | null | undefined): string[] {
  return (text ?? "")
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
