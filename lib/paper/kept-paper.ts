import { createHash } from "node:crypto";
import type { Database, ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { payLinkOf } from "@/lib/billing/payment/pay-link";
import type { World } from "@/lib/billing/world";
import type { CustomerId } from "@/lib/kernel/id";
import type { PaperJob } from "./draw";
import { drawPaper } from "./drawing";
import { readCreditNoteFacts, readInvoiceFacts } from "./read-facts";
import { readHost } from "./read-host";
import { readReceiptFacts } from "./read-receipt";
import type { Paper, PaperGiven, ReceiptFacts } from "./shapes";

// A paper is drawn once, kept with its hash, and never drawn again (domain.md, A21): what a customer's books have is
// what everybody sees from then on. What came later has papers of its own: a receipt, a credit note.

type KeptKind = "invoice" | "credit_note" | "receipt";

/** A paper that is there, or what it will be drawn from. */
export type FoundPaper =
  | { readonly kept: Paper }
  | {
      readonly kind: KeptKind;
      readonly subjectId: string;
      readonly jobOf: (receiptNumber: string) => PaperJob;
    };

type PaperWorld = Pick<World, "clock" | "timeZone" | "portalUrl" | "payLinkKey">;

/** The paper of an invoice with a number; null if the customer has none such. Its code is a pay link while it is open. */
export async function findInvoicePaper(
  world: PaperWorld,
  sql: ReservedSql,
  given: PaperGiven,
  { customerId, number }: { customerId: CustomerId; number: string },
): Promise<FoundPaper | null> {
  if (number.includes("\0")) return null;
  const kept = await readKept(
    sql,
    customerId,
    "invoice",
    subjectByNumber(sql, "invoices", customerId, number),
  );
  if (kept) return { kept };
  const [host, facts] = await Promise.all([
    readHost(sql, given, world.timeZone),
    readInvoiceFacts(sql, customerId, number, (invoiceId) =>
      payLinkOf(world, sql, { customerId, invoiceId }),
    ),
  ]);
  if (!facts) return null;
  const messages = given.messagesOf(facts.locale);
  return { kind: "invoice", subjectId: facts.id, jobOf: () => ({ kind: "invoice", host, facts, messages }) };
}

/** The paper of a credit note; null if the customer has none of that number. */
export async function findCreditNotePaper(
  world: PaperWorld,
  sql: ReservedSql,
  given: PaperGiven,
  { customerId, number }: { customerId: CustomerId; number: string },
): Promise<FoundPaper | null> {
  if (number.includes("\0")) return null;
  const subject = subjectByNumber(sql, "credit_notes", customerId, number);
  const kept = await readKept(sql, customerId, "credit_note", subject);
  if (kept) return { kept };
  const [host, facts] = await Promise.all([
    readHost(sql, given, world.timeZone),
    readCreditNoteFacts(sql, customerId, number),
  ]);
  if (!facts) return null;
  const messages = given.messagesOf(facts.locale);
  return {
    kind: "credit_note",
    subjectId: facts.id,
    jobOf: () => ({ kind: "credit_note", host, facts, messages }),
  };
}

/** The receipt of a payment; null if the customer has no such payment, or it has not succeeded. */
export async function findReceiptPaper(
  world: PaperWorld,
  sql: ReservedSql,
  given: PaperGiven,
  { customerId, paymentId }: { customerId: CustomerId; paymentId: string },
): Promise<FoundPaper | null> {
  const facts = await readReceiptFacts(sql, customerId, paymentId);
  if (!facts) return null;
  const [host, kept] = await Promise.all([
    readHost(sql, given, world.timeZone),
    readKept(sql, customerId, "receipt", sql`select ${paymentId}::uuid`),
  ]);
  if (kept) return { kept };
  const messages = given.messagesOf(facts.locale);
  return {
    kind: "receipt",
    subjectId: paymentId,
    jobOf: (number): PaperJob => {
      const whole: ReceiptFacts = { ...facts, number: `RCT-${facts.customerReference}-${number}` };
      return { kind: "receipt", host, facts: whole, messages };
    },
  };
}

/**
 * Draws what was found and keeps it. Of two who ask at once both get the paper of the one who was first. `database`
 * sees the customer's rows; `askedBy` is who may not have too many under way (PapersBusy).
 */
export async function keepPaper(
  world: Pick<World, "clock">,
  database: Database,
  { customerId, askedBy }: { customerId: CustomerId; askedBy: string },
  found: FoundPaper,
): Promise<Paper> {
  if ("kept" in found) return found.kept;
  const { kind, subjectId, jobOf } = found;
  const number = kind === "receipt" ? await takeReceiptNumber(database, customerId, subjectId) : "";
  const { fileName, content } = await drawPaper(jobOf(number), askedBy);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return transact(database, { customerId }, async ({ sql }) => {
    await sql`
      insert into papers (customer_id, kind, subject_id, file_name, content, sha256, drawn_at)
      values (${customerId}, ${kind}, ${subjectId}, ${fileName}, ${content as Buffer}, ${sha256}, ${world.clock.now()})
      on conflict do nothing`;
    const kept = await readKept(sql, customerId, kind, sql`select ${subjectId}::uuid`);
    if (!kept) throw new Error("a paper that was kept is not there");
    return kept;
  });
}

/** "0001": the customer's next one, or the one that this payment's receipt has. */
function takeReceiptNumber(database: Database, customerId: CustomerId, paymentId: string): Promise<string> {
  return transact(database, { customerId }, async ({ sql }) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`mallard receipts ${customerId}`}, 0))`;
    const [row] = await sql`
      with known as (
        select sequence from receipt_numbers where customer_id = ${customerId} and payment_id = ${paymentId}
      ), made as (
        insert into receipt_numbers (customer_id, payment_id, sequence)
        select ${customerId}, ${paymentId}, coalesce(max(sequence), 0) + 1 from receipt_numbers
        where customer_id = ${customerId} having not exists (select from known)
        returning sequence
      )
      select sequence from known union all select sequence from made`;
    return String(row?.sequence).padStart(4, "0");
  });
}

async function readKept(
  sql: ReservedSql,
  customerId: CustomerId,
  kind: KeptKind,
  subject: ReturnType<ReservedSql>,
): Promise<Paper | null> {
  const [row] = await sql`
    select file_name, content from papers
    where customer_id = ${customerId} and kind = ${kind} and subject_id = (${subject})`;
  return row ? { fileName: row.file_name, content: row.content } : null;
}

function subjectByNumber(
  sql: ReservedSql,
  table: "invoices" | "credit_notes",
  customerId: CustomerId,
  number: string,
): ReturnType<ReservedSql> {
  return sql`select id from ${sql(table)} where customer_id = ${customerId} and number = ${number}`;
}
