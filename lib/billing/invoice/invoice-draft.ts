import type { Database, ReservedSql } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { type CustomerId, type InvoiceDraftId, type InvoiceId, type UserId, uuidv7 } from "@/lib/kernel/id";
import { type Currency, isNegative, isPositive, type Money, money } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { World } from "../world";
import { dueIn } from "./days-from-due";
import { type InvoiceDraft, type LineDraft, priceInvoice } from "./draft";
import { issueInvoices } from "./issue-invoices";
import { ownRates } from "./tax-rule";

/** A line of an invoice by hand; a discount has a negative unit price. Minor units, before tax. */
export interface HandLine {
  readonly description: string;
  /** A decimal such as "2.5". */
  readonly quantity: string;
  readonly unitMinor: bigint;
  readonly taxRatePpm: number;
}

/** An invoice by hand before its issue. It may be unfinished: only issuing asks for all of it. */
export interface HandContent {
  readonly currency: Currency;
  /** Days from issue until it is due. */
  readonly dueDays: number;
  readonly note: string;
  readonly lines: readonly HandLine[];
}

export interface DraftRef {
  customerId: CustomerId;
  id: InvoiceDraftId;
  /** The one that was seen; 0 for a draft that is to be. */
  version: number;
  userId: UserId;
}

export type DraftRefusal =
  | { code: "customer_not_found" }
  | { code: "customer_closed" }
  /** Somebody changed it since it was seen: who. */
  | { code: "draft_changed"; by: string }
  /** Discarded, or never there. */
  | { code: "draft_gone" }
  | { code: "draft_issued"; number: string };

export type IssueDraftRefusal =
  | DraftRefusal
  | { code: "draft_no_lines" }
  | { code: "draft_not_positive"; total: Money }
  /** Discounts take more tax back than the other lines have. */
  | { code: "draft_tax_negative" };

/**
 * Keeps a draft, new or changed. Of two who change the version that both saw, one wins and the other is told; sent
 * again as it was, it is what was kept. Returns the version it has now.
 */
export async function saveInvoiceDraft(
  world: World,
  database: Database,
  ref: DraftRef,
  content: HandContent,
): Promise<Result<{ version: number }, DraftRefusal>> {
  const { customerId, id, version, userId } = ref;
  return transact(database, { customerId }, async ({ sql }) => {
    const closed = await closedRefusal(sql, customerId);
    if (closed) return refuse(closed);
    const now = world.clock.now();
    const { currency, dueDays, note } = content;
    const lines = sql.json(content.lines.map((line) => ({ ...line, unitMinor: line.unitMinor.toString() })));
    const [kept] =
      version === 0
        ? await sql`
            insert into invoice_drafts (customer_id, id, currency, due_days, note, lines, user_id, created_at, updated_at)
            select ${customerId}, ${id}, ${currency}, ${dueDays}, ${note}, ${lines}, ${userId}, ${now}, ${now}
            where not exists (select from invoices where customer_id = ${customerId} and id = ${id})
            on conflict (customer_id, id) do nothing returning version`
        : await sql`
            update invoice_drafts set version = version + 1, due_days = ${dueDays}, note = ${note}, lines = ${lines},
              user_id = ${userId}, updated_at = ${now}
            where customer_id = ${customerId} and id = ${id} and version = ${version} returning version`;
    if (kept) return ok({ version: kept.version });
    const [same] = await sql`
      select version from invoice_drafts where customer_id = ${customerId} and id = ${id} and version = ${version + 1}
        and user_id = ${userId} and due_days = ${dueDays} and note = ${note} and lines = ${lines}`;
    return same ? ok({ version: same.version }) : refuse(await whyNot(sql, ref));
  });
}

/** Throws a draft away, with a line in the record; only the version that was seen. */
export async function discardInvoiceDraft(
  world: World,
  database: Database,
  ref: DraftRef,
): Promise<Result<undefined, DraftRefusal>> {
  const { customerId, id, version, userId } = ref;
  return transact(database, { customerId }, async ({ sql }) => {
    const gone = await sql`
      delete from invoice_drafts where customer_id = ${customerId} and id = ${id} and version = ${version} returning 1`;
    if (gone.length === 0) return refuse(await whyNot(sql, ref));
    await sql`
      insert into activities (customer_id, id, occurred_at, actor, user_id, subject, subject_id, verb, detail, is_visible)
      values (${customerId}, ${uuidv7(world.clock)}, ${world.clock.now()}, 'staff', ${userId}, 'customer', ${customerId},
        'draft_discarded', ${sql.json({ draftId: id })}, false)`;
    return ok();
  });
}

/**
 * Issues a draft as it was seen: the invoice has the draft's id, and the draft is gone with the same transaction. Of two
 * at once one wins; whoever comes second with the same version is told the number, and nothing is issued again.
 */
export async function issueInvoiceDraft(
  world: World,
  database: Database,
  ref: DraftRef,
): Promise<Result<{ id: InvoiceId; number: string }, IssueDraftRefusal>> {
  const { customerId, id, version, userId } = ref;
  let refusal: IssueDraftRefusal | null = null;
  const prepare = async ({ sql }: Transaction): Promise<readonly InvoiceDraft[]> => {
    refusal = await closedRefusal(sql, customerId);
    if (refusal) return [];
    const [row] = await sql`
      select currency, due_days, note, lines from invoice_drafts
      where customer_id = ${customerId} and id = ${id} and version = ${version} for update`;
    if (!row) {
      refusal = await whyNot(sql, ref);
      return [];
    }
    const content = contentIn(row);
    refusal = unfinished(world, content);
    if (refusal) return [];
    await sql`delete from invoice_drafts where customer_id = ${customerId} and id = ${id}`;
    return [{ ...draftOf(world, content), id: id as string as InvoiceId }];
  };
  const [invoice] = await issueInvoices(world, database, customerId, prepare, { actor: "staff", userId });
  if (invoice) return ok(invoice);
  return refuse(refusal ?? { code: "draft_gone" });
}

/** What a draft would be as an invoice if it were issued now. */
export function draftOf(world: World, content: HandContent): InvoiceDraft {
  const { currency, dueDays, note, lines } = content;
  return {
    origin: "manual",
    currency,
    summary: summaryOf(lines),
    note,
    dueOn: dueIn(dueDays, world.clock.now(), world.timeZone),
    lines: lines.map(
      (line): LineDraft => ({
        kind: "other",
        description: line.description,
        quantity: line.quantity,
        unit: money(line.unitMinor, currency),
        taxRatePpm: line.taxRatePpm,
      }),
    ),
  };
}

/** The row of a draft as its content. */
export function contentIn(row: Record<string, unknown>): HandContent {
  const lines = row.lines as {
    description: string;
    quantity: string | number;
    unitMinor: string;
    taxRatePpm: number;
  }[];
  return {
    currency: row.currency as Currency,
    dueDays: row.due_days as number,
    note: row.note as string,
    lines: lines.map((line) => ({
      ...line,
      quantity: String(line.quantity),
      unitMinor: BigInt(line.unitMinor),
    })),
  };
}

/** In one line of a list: its first line that is no discount. */
function summaryOf(lines: readonly HandLine[]): string {
  const first = lines.find(({ unitMinor }) => unitMinor >= 0n) ?? lines[0];
  const text = first?.description ?? "";
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

/** What is missing before a draft can be issued; null if nothing is. */
function unfinished(world: World, content: HandContent): IssueDraftRefusal | null {
  if (content.lines.length === 0) return { code: "draft_no_lines" };
  const { net, tax, total } = priceInvoice(draftOf(world, content), ownRates, {
    clock: world.clock,
    now: world.clock.now(),
  });
  if (!isPositive(total) || isNegative(net)) return { code: "draft_not_positive", total };
  return isNegative(tax) ? { code: "draft_tax_negative" } : null;
}

async function closedRefusal(
  sql: ReservedSql,
  customerId: CustomerId,
): Promise<Extract<DraftRefusal, { code: "customer_not_found" | "customer_closed" }> | null> {
  const [row] = await sql`select closed_at from customers where id = ${customerId} and not is_house`;
  if (!row) return { code: "customer_not_found" };
  return row.closed_at ? { code: "customer_closed" } : null;
}

/** Why a draft is not there in the version that was seen. */
async function whyNot(sql: ReservedSql, { customerId, id }: DraftRef): Promise<DraftRefusal> {
  const [[draft], [invoice]] = await Promise.all([
    sql`select u.name from invoice_drafts d join users u on u.id = d.user_id
      where d.customer_id = ${customerId} and d.id = ${id}`,
    sql`select number from invoices where customer_id = ${customerId} and id = ${id}`,
  ]);
  if (draft) return { code: "draft_changed", by: draft.name };
  return invoice ? { code: "draft_issued", number: invoice.number } : { code: "draft_gone" };
}
