import { creditNotePaper } from "./credit-note-paper";
import { invoicePaper } from "./invoice-paper";
import { receiptPaper } from "./receipt-paper";
import type { CreditNoteFacts, Host, InvoiceFacts, Paper, ReceiptFacts, StatementFacts } from "./shapes";
import { statementPaper } from "./statement-paper";
import { type PaperMessages, wordsIn } from "./words";

/** Everything that one paper is drawn from; plain data, since it goes to another thread. */
export type PaperJob = { readonly host: Host; readonly messages: PaperMessages } & (
  | { readonly kind: "invoice"; readonly facts: InvoiceFacts }
  | { readonly kind: "credit_note"; readonly facts: CreditNoteFacts }
  | { readonly kind: "receipt"; readonly facts: ReceiptFacts }
  | { readonly kind: "statement"; readonly facts: StatementFacts }
);

/** Draws a paper in the thread that calls it; `drawPaper` of drawing.ts does it beside the pages. */
export function draw(job: PaperJob): Promise<Paper> {
  const { host, messages } = job;
  const wordsOf = (locale: string) => wordsIn(locale, messages);
  switch (job.kind) {
    case "invoice":
      return invoicePaper(host, job.facts, wordsOf);
    case "credit_note":
      return creditNotePaper(host, job.facts, wordsOf);
    case "receipt":
      return receiptPaper(host, job.facts, wordsOf);
    case "statement":
      return statementPaper(host, job.facts, wordsOf);
  }
}
