import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import { drawPaper } from "@/lib/paper/drawing";
import {
  type FoundPaper,
  findCreditNotePaper,
  findInvoicePaper,
  findReceiptPaper,
  keepPaper,
} from "@/lib/paper/kept-paper";
import { readHost } from "@/lib/paper/read-host";
import { readOwnCurrency, readStatementFacts } from "@/lib/paper/read-statement";
import type { Paper, PaperGiven } from "@/lib/paper/shapes";
import type { StatementWish } from "@/lib/paper/statement-range";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

// The papers that the customer gets, of the customer with this reference; null if there is none, or none such. Every
// role of staff may read them. All of them may throw PapersBusy.

export function printInvoice(
  actor: StaffActor,
  { reference, number }: { reference: string; number: string },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  return keptFor(world, actor, reference, (sql, customerId) =>
    findInvoicePaper(world, sql, given, { customerId, number }),
  );
}

export function printCreditNote(
  actor: StaffActor,
  { reference, number }: { reference: string; number: string },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  return keptFor(world, actor, reference, (sql, customerId) =>
    findCreditNotePaper(world, sql, given, { customerId, number }),
  );
}

export function printReceipt(
  actor: StaffActor,
  { reference, paymentId }: { reference: string; paymentId: string },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  return keptFor(world, actor, reference, (sql, customerId) =>
    findReceiptPaper(world, sql, given, { customerId, paymentId }),
  );
}

export async function printStatement(
  actor: StaffActor,
  { reference, wish }: { reference: string; wish: StatementWish },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  const read = await readOf(world, reference, async (sql, customerId) => {
    const currency = wish.currency ?? (await readOwnCurrency(sql, customerId));
    return Promise.all([
      readHost(sql, given, world.timeZone),
      readStatementFacts(sql, customerId, { ...wish, currency }, world.timeZone),
    ]);
  });
  if (!read) return null;
  const [host, facts] = read.value;
  if (!facts) return null;
  return drawPaper(
    { kind: "statement", host, facts, messages: given.messagesOf(facts.locale) },
    actor.userId,
  );
}

async function keptFor(
  world: StaffWorld,
  actor: StaffActor,
  reference: string,
  find: (sql: ReservedSql, customerId: CustomerId) => Promise<FoundPaper | null>,
): Promise<Paper | null> {
  const read = await readOf(world, reference, find);
  if (!read?.value) return null;
  const { customerId, value } = read;
  return keepPaper(world, world.staff, { customerId, askedBy: actor.userId }, value);
}

function readOf<T>(
  world: StaffWorld,
  reference: string,
  read: (sql: ReservedSql, customerId: CustomerId) => Promise<T>,
): Promise<{ customerId: CustomerId; value: T } | null> {
  if (reference.includes("\0")) return Promise.resolve(null);
  return transact(world.staff, {}, async ({ sql }) => {
    const [customer] =
      await sql`select id from customers where reference = ${reference} and not is_house limit 1`;
    if (!customer) return null;
    const customerId = customer.id as CustomerId;
    return { customerId, value: await read(sql, customerId) };
  });
}
