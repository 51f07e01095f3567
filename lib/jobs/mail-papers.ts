import { transact } from "@/db/transaction";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import { writeLog } from "@/lib/kernel/log";
import type { Attachment } from "@/lib/mail/mailer";
import { findInvoicePaper, findReceiptPaper, keepPaper } from "@/lib/paper/kept-paper";
import type { PaperGiven } from "@/lib/paper/shapes";

/** A paper that a mail is about. */
export type MailPaper = { kind: "invoice"; number: string } | { kind: "receipt"; paymentId: string };

/** More would make a mail that servers refuse for its size; all of them are in the portal. */
export const mailPapersMost = 10;

/**
 * The papers as they are kept, to be attached. One that cannot be drawn is left out, and logged: the mail is worth more than
 * its paper, which the portal draws when it is asked for.
 */
export async function drawMailPapers(
  world: World,
  given: PaperGiven,
  customerId: CustomerId,
  papers: readonly MailPaper[],
): Promise<Attachment[]> {
  const drawn: Attachment[] = [];
  for (const paper of papers.slice(0, mailPapersMost)) {
    try {
      const found = await transact(world.jobs, { customerId }, ({ sql }) =>
        paper.kind === "invoice"
          ? findInvoicePaper(world, sql, given, { customerId, number: paper.number })
          : findReceiptPaper(world, sql, given, { customerId, paymentId: paper.paymentId }),
      );
      if (found) drawn.push(await keepPaper(world, world.jobs, { customerId, askedBy: "mail" }, found));
    } catch (error) {
      const message = error instanceof Error ? error.message : "fault";
      writeLog("error", "mail_paper_fault", { ...paper, message });
    }
  }
  return drawn;
}
