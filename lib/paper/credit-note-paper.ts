import { beginPaper, writeFigures } from "./letterhead";
import type { CreditNoteFacts, Host, Paper } from "./shapes";
import { page } from "./sheet";
import { speechOf, type WordsOf } from "./words";

/** Takes an invoice back, whole or in part, and names it. */
export async function creditNotePaper(host: Host, note: CreditNoteFacts, wordsOf: WordsOf): Promise<Paper> {
  const speech = speechOf(wordsOf(note.locale), note.locale, host.timeZone);
  const { words, day, amount } = speech;
  const { number, issuedAt, invoice } = note;
  const sheet = beginPaper({
    host,
    locale: note.locale,
    speech,
    kind: words("paper.creditNote"),
    number,
    createdAt: issuedAt,
    mark: null,
    billTo: note.billTo,
    facts: [
      [words("paper.issued"), day(issuedAt)],
      [words("paper.forInvoice"), invoice.number],
      [words("paper.customer"), note.customerReference],
    ],
  });
  await sheet.table(
    [
      { title: words("paper.description"), width: 385 },
      { title: words("paper.net"), width: 110, align: "right" },
    ],
    [
      [
        [
          { text: words("paper.takesBack", { number: invoice.number, date: day(invoice.issuedAt) }) },
          { text: invoice.summary, size: 7.5, ink: "soft" },
          ...(note.note ? [{ text: note.note, size: 7.5, ink: "soft" } as const] : []),
        ],
        [{ text: amount(note.net) }],
      ],
    ],
  );
  sheet.y += 4;
  writeFigures(sheet, [
    { name: words("paper.totalNet"), value: amount(note.net) },
    { name: words("paper.totalTax"), value: amount(note.tax) },
    { name: words("paper.totalCredited"), value: amount(note.total), isStrong: true },
  ]);
  sheet.y += 16;
  sheet.write(page.left, page.right - page.left, [{ text: words("paper.creditNoteNote"), ink: "soft" }]);
  return { fileName: `${number}.pdf`, content: await sheet.finish() };
}
