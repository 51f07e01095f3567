import { add, compare, isPositive, type Money, zero } from "@/lib/kernel/money";
import { beginPaper, writeFigures, writeHeading } from "./letterhead";
import type { Host, InvoiceFactLine, InvoiceFacts, Paper } from "./shapes";
import { type Paragraph, page, type Sheet } from "./sheet";
import { type Speech, speechOf, type WordsOf } from "./words";

/** The invoice as a document: the figures of its page, and a code that pays it while something is due. */
export async function invoicePaper(host: Host, invoice: InvoiceFacts, wordsOf: WordsOf): Promise<Paper> {
  const speech = speechOf(wordsOf(invoice.locale), invoice.locale, host.timeZone);
  const { words, day, dayOf } = speech;
  const { number, state, issuedAt, dueOn, paidAt } = invoice;
  const sheet = beginPaper({
    host,
    locale: invoice.locale,
    speech,
    kind: words("paper.invoice"),
    number,
    createdAt: issuedAt,
    mark: state === "open" ? null : { text: words(`paper.mark.${state}`), isGood: state === "paid" },
    billTo: invoice.billTo,
    facts: [
      [words("paper.issued"), day(issuedAt)],
      paidAt ? [words("paper.paidOn"), day(paidAt)] : [words("paper.due"), dayOf(dueOn)],
      [words("paper.customer"), invoice.customerReference],
    ],
  });
  sheet.write(page.left, page.right - page.left, [{ text: invoice.summary }]);
  sheet.y += 14;
  await writeLines(sheet, speech, invoice.lines);
  sheet.y += 4;
  writeFigures(sheet, figuresOf(speech, invoice));
  writeNote(sheet, invoice);
  writeCreditNotes(sheet, speech, invoice);
  await writePayments(sheet, speech, invoice);
  writeTerms(sheet, speech, invoice);
  writeBank(sheet, speech, host, invoice);
  return { fileName: `${number}.pdf`, content: await sheet.finish() };
}

async function writeLines(sheet: Sheet, speech: Speech, lines: readonly InvoiceFactLine[]): Promise<void> {
  const { words, amount, rate } = speech;
  await sheet.table(
    [
      { title: words("paper.description"), width: 235 },
      { title: words("paper.quantity"), width: 50, align: "right" },
      { title: words("paper.unit"), width: 80, align: "right" },
      { title: words("paper.taxRate"), width: 45, align: "right" },
      { title: words("paper.net"), width: 85, align: "right" },
    ],
    lines.map((line) => [
      [{ text: line.description }, ...termOf(speech, line)],
      [{ text: line.quantity }],
      [{ text: amount(line.unit) }],
      [{ text: rate(line.taxRatePpm) }],
      [{ text: amount(line.net) }],
    ]),
  );
}

function termOf({ words, day }: Speech, { termStartsAt, termEndsAt }: InvoiceFactLine): Paragraph[] {
  if (!termStartsAt || !termEndsAt) return [];
  const text = words("paper.term", { from: day(termStartsAt), to: day(termEndsAt) });
  return [{ text, size: 7.5, ink: "soft" }];
}

function figuresOf({ words, amount, rate }: Speech, invoice: InvoiceFacts) {
  const { net, total, paid, credited, remaining, state } = invoice;
  return [
    { name: words("paper.totalNet"), value: amount(net) },
    ...taxesOf(invoice.lines).map(({ ratePpm, net, tax }) => ({
      name: words("paper.taxOn", { rate: rate(ratePpm), net: amount(net) }),
      value: amount(tax),
    })),
    { name: words("paper.total"), value: amount(total), isStrong: true },
    ...(isPositive(paid) ? [{ name: words("paper.paid"), value: amount(paid) }] : []),
    ...(isPositive(credited) ? [{ name: words("paper.credited"), value: amount(credited) }] : []),
    ...(compare(remaining, total) < 0 && state !== "written_off"
      ? [{ name: words("paper.remaining"), value: amount(remaining), isStrong: true }]
      : []),
  ];
}

/** Net and tax of the lines of each rate, the highest rate first; together they are the invoice's. */
export function taxesOf(lines: readonly InvoiceFactLine[]): { ratePpm: number; net: Money; tax: Money }[] {
  const byRate = new Map<number, { ratePpm: number; net: Money; tax: Money }>();
  for (const { taxRatePpm: ratePpm, net, tax } of lines) {
    const so = byRate.get(ratePpm) ?? { ratePpm, net: zero(net.currency), tax: zero(net.currency) };
    byRate.set(ratePpm, { ratePpm, net: add(so.net, net), tax: add(so.tax, tax) });
  }
  return [...byRate.values()].sort((a, b) => b.ratePpm - a.ratePpm);
}

function writeNote(sheet: Sheet, { note }: InvoiceFacts): void {
  if (note === "") return;
  sheet.y += 12;
  const lines = note.split(/\r\n|\r|\n/).map((text): Paragraph => ({ text }));
  sheet.write(page.left, page.right - page.left, lines);
}

function writeCreditNotes(sheet: Sheet, { words, amount, day }: Speech, { creditNotes }: InvoiceFacts): void {
  if (creditNotes.length === 0) return;
  sheet.y += 10;
  sheet.write(
    page.left,
    page.right - page.left,
    creditNotes.map(({ number, issuedAt, total }) => ({
      text: words("paper.creditedBy", { number, date: day(issuedAt), amount: amount(total) }),
    })),
  );
}

async function writePayments(sheet: Sheet, speech: Speech, { payments }: InvoiceFacts): Promise<void> {
  if (payments.length === 0) return;
  const { words, amount, day } = speech;
  writeHeading(sheet, words("paper.payments"));
  await sheet.table(
    [
      { title: words("paper.date"), width: 110 },
      { title: words("paper.how"), width: 275 },
      { title: words("paper.amount"), width: 110, align: "right" },
    ],
    payments.map((payment) => [
      [{ text: day(payment.paidAt) }],
      [{ text: words(`paper.source.${payment.source}`) }],
      [{ text: amount(payment.amount) }],
    ]),
  );
}

/** Until when, and how: the code has the same address as the words. */
function writeTerms(sheet: Sheet, { words, amount, dayOf }: Speech, invoice: InvoiceFacts): void {
  const { payUrl, remaining, dueOn } = invoice;
  if (!payUrl) return;
  const size = 92;
  sheet.y += 20;
  sheet.keepTogether(size + 8);
  const top = sheet.y;
  sheet.qrCode(payUrl, page.left, size);
  sheet.y = top + 6;
  const left = page.left + size + 18;
  sheet.write(left, page.right - left, [
    { text: words("paper.terms", { amount: amount(remaining), date: dayOf(dueOn) }), weight: 700, size: 10 },
    { text: words("paper.termsHow") },
  ]);
  const linkTop = sheet.y;
  sheet.write(left, page.right - left, [{ text: payUrl, size: 7, ink: "accent" }]);
  sheet.link(left, linkTop, page.right - left, sheet.y - linkTop, payUrl);
  sheet.y = Math.max(sheet.y, top + size);
}

/** Where to transfer the money to, and by which reference it is known; nothing if the host has no account set. */
function writeBank(sheet: Sheet, { words }: Speech, { bank }: Host, { payUrl, number }: InvoiceFacts): void {
  if (!payUrl || !bank) return;
  const rows: [string, string | null][] = [
    [words("paper.bankHolder"), bank.holder],
    [words("paper.bankAccount"), bank.account],
    [words("paper.bankBic"), bank.bic],
    [words("paper.bankName"), bank.name],
  ];
  const known = rows.filter(([, value]) => value !== null);
  sheet.y += 12;
  sheet.keepTogether((known.length + 1) * 14);
  sheet.write(page.left, page.right - page.left, [{ text: words("paper.bankHow", { number }) }]);
  sheet.y += 4;
  for (const [name, value] of known) {
    sheet.beside([
      { x: page.left, width: 130, paragraphs: [{ text: name, ink: "soft" }] },
      { x: page.left + 140, width: page.right - page.left - 140, paragraphs: [{ text: value ?? "" }] },
    ]);
  }
}
