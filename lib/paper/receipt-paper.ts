import { add, isPositive } from "@/lib/kernel/money";
import { beginPaper, writeFigures, writeHeading } from "./letterhead";
import type { Host, Paper, ReceiptFacts } from "./shapes";
import { page } from "./sheet";
import { speechOf, type WordsOf } from "./words";

/** What one payment settled, from where the money came, and until when it made services run. */
export async function receiptPaper(host: Host, receipt: ReceiptFacts, wordsOf: WordsOf): Promise<Paper> {
  const speech = speechOf(wordsOf(receipt.locale), receipt.locale, host.timeZone);
  const { words, day, amount } = speech;
  const { number, paymentId, paidAt, fromBalance, byCard, byBank, toBalance, toDebt, settled, services } =
    receipt;
  const total = add(add(fromBalance, byCard), byBank);
  const sheet = beginPaper({
    host,
    locale: receipt.locale,
    speech,
    kind: words("paper.receipt"),
    number,
    createdAt: paidAt,
    mark: { text: words("paper.mark.paid"), isGood: true },
    billTo: receipt.billTo,
    facts: [
      [words("paper.paidOn"), day(paidAt)],
      [words("paper.amount"), amount(total)],
      [words("paper.customer"), receipt.customerReference],
    ],
  });
  await sheet.table(
    [
      { title: words("paper.settled"), width: 385 },
      { title: words("paper.amount"), width: 110, align: "right" },
    ],
    [
      ...settled.map(({ number, amount: paid }) => [
        [{ text: words("paper.invoiceNumber", { number }) }],
        [{ text: amount(paid) }],
      ]),
      ...[
        { name: words("paper.toDebt"), of: toDebt },
        { name: words("paper.toBalance"), of: toBalance },
      ]
        .filter(({ of }) => isPositive(of))
        .map(({ name, of }) => [[{ text: name }], [{ text: amount(of) }]]),
    ],
  );
  sheet.y += 4;
  writeFigures(sheet, [
    ...[
      { name: words("paper.source.balance"), of: fromBalance },
      { name: words("paper.source.card"), of: byCard },
      { name: words("paper.source.bank"), of: byBank },
    ]
      .filter(({ of }) => isPositive(of))
      .map(({ name, of }) => ({ name, value: amount(of) })),
    { name: words("paper.paid"), value: amount(total), isStrong: true },
  ]);
  if (services.length > 0) {
    writeHeading(sheet, words("paper.services"));
    await sheet.table(
      [
        { title: words("paper.service"), width: 385 },
        { title: words("paper.expires"), width: 110, align: "right" },
      ],
      services.map(({ label, expiresAt }) => [[{ text: label }], [{ text: day(expiresAt) }]]),
    );
  }
  sheet.y += 12;
  sheet.write(page.left, page.right - page.left, [
    { text: words("paper.paymentId", { id: paymentId }), size: 7.5, ink: "soft" },
  ]);
  return { fileName: `${number}.pdf`, content: await sheet.finish() };
}
