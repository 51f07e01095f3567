import type { ReservedSql } from "@/db/client";
import type { World } from "@/lib/billing/world";
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
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

// Papers of the actor's own customer, for every member; null for what this customer does not have, whoever else has.
// They are read in one transaction and drawn after it: no connection waits for a paper. All of them may throw PapersBusy.

export function printInvoice(
  actor: CustomerActor,
  { number }: { number: string },
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const { customerId } = actor;
  return keptFor(world, actor, (sql) => findInvoicePaper(world, sql, given, { customerId, number }));
}

export function printCreditNote(
  actor: CustomerActor,
  { number }: { number: string },
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const { customerId } = actor;
  return keptFor(world, actor, (sql) => findCreditNotePaper(world, sql, given, { customerId, number }));
}

/** Of a payment that succeeded. */
export function printReceipt(
  actor: CustomerActor,
  { paymentId }: { paymentId: string },
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const { customerId } = actor;
  return keptFor(world, actor, (sql) => findReceiptPaper(world, sql, given, { customerId, paymentId }));
}

/** Drawn anew each time: what a range of days had is not known before the range is asked for. */
export async function printStatement(
  actor: CustomerActor,
  wish: StatementWish,
  given: PaperGiven,
  world: World = portalWorld(),
): Promise<Paper | null> {
  const { customerId, userId } = actor;
  const [host, facts] = await readAs(world, actor, async (sql) => {
    const currency = wish.currency ?? (await readOwnCurrency(sql, customerId));
    return Promise.all([
      readHost(sql, given, world.timeZone),
      readStatementFacts(sql, customerId, { ...wish, currency }, world.timeZone),
    ]);
  });
  if (!facts) return null;
  return drawPaper({ kind: "statement", host, facts, messages: given.messagesOf(facts.locale) }, userId);
}

async function keptFor(
  world: World,
  actor: CustomerActor,
  find: (sql: ReservedSql) => Promise<FoundPaper | null>,
): Promise<Paper | null> {
  const found = await readAs(world, actor, find);
  const { customerId, userId } = actor;
  return found && keepPaper(world, world.app, { customerId, askedBy: userId }, found);
}
