import { type CalendarDay, startOfDay } from "@/lib/kernel/calendar";
import { beginPaper, writeFigures } from "./letterhead";
import type { Host, Paper, StatementFacts, StatementMovement } from "./shapes";
import { page } from "./sheet";
import { speechOf, type Words, type WordsOf } from "./words";

/** The balance from one day to another: where it began, each movement with what it left, where it ended. */
export async function statementPaper(host: Host, facts: StatementFacts, wordsOf: WordsOf): Promise<Paper> {
  const speech = speechOf(wordsOf(facts.locale), facts.locale, host.timeZone);
  const { words, day, amount, signed } = speech;
  const { from, to, opening, closing, movements, moreCount } = facts;
  const currency = opening.currency;
  const dayOf = (text: CalendarDay) => day(startOfDay(text, host.timeZone));
  const sheet = beginPaper({
    host,
    locale: facts.locale,
    speech,
    kind: words("paper.statement"),
    number: words("paper.range", { from: dayOf(from), to: dayOf(to) }),
    createdAt: startOfDay(to, host.timeZone),
    mark: null,
    billTo: facts.billTo,
    facts: [
      [words("paper.currency"), currency],
      [words("paper.opening"), amount(opening)],
      [words("paper.closing"), amount(closing)],
      [words("paper.customer"), facts.customerReference],
    ],
  });
  await sheet.table(
    [
      { title: words("paper.date"), width: 80 },
      { title: words("paper.reason"), width: 215 },
      { title: words("paper.amount"), width: 100, align: "right" },
      { title: words("paper.after"), width: 100, align: "right" },
    ],
    movements.map((movement) => [
      [{ text: day(movement.occurredAt) }],
      [{ text: reasonOf(words, movement) }],
      [{ text: signed(movement.amount) }],
      [{ text: amount(movement.balanceAfter) }],
    ]),
  );
  const note =
    moreCount > 0
      ? words("paper.moreMovements", { count: moreCount })
      : movements.length === 0 && words("paper.noMovements");
  if (note) sheet.write(page.left, page.right - page.left, [{ text: note, ink: "soft" }]);
  sheet.y += 6;
  writeFigures(sheet, [
    { name: words("paper.opening"), value: amount(opening) },
    { name: words("paper.closing"), value: amount(closing), isStrong: true },
  ]);
  return { fileName: `statement-${currency}-${from}-${to}.pdf`, content: await sheet.finish() };
}

/** In the words of the balance's page. */
export function reasonOf(words: Words, { reason, invoiceNumber }: StatementMovement): string {
  const said = words(`movement.${reason}`);
  return invoiceNumber ? words("paper.reasonOf", { reason: said, number: invoiceNumber }) : said;
}
