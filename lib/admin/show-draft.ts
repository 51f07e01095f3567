import { priceInvoice } from "@/lib/billing/invoice/draft";
import { contentIn, draftOf } from "@/lib/billing/invoice/invoice-draft";
import { ownRates } from "@/lib/billing/invoice/tax-rule";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { CustomerId, InvoiceDraftId } from "@/lib/kernel/id";
import { isUuid } from "@/lib/kernel/id";
import { type Currency, type Money, toDecimal } from "@/lib/kernel/money";
import { drawPaper } from "@/lib/paper/drawing";
import { billToIn } from "@/lib/paper/read-facts";
import { readHost } from "@/lib/paper/read-host";
import type { InvoiceFacts, Paper, PaperGiven } from "@/lib/paper/shapes";
import { wordsIn } from "@/lib/paper/words";
import { type LineInput, percentOf } from "./draft-line";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** A draft on its page: what its form has, and what it comes to. Version 0 is one that is to be. */
export interface DraftPage {
  customerId: CustomerId;
  reference: string;
  name: string;
  isClosed: boolean;
  draftId: InvoiceDraftId;
  version: number;
  currency: Currency;
  dueDays: number;
  note: string;
  lines: LineInput[];
  /** Per cent, of the customer's country: what a new line has. */
  taxRate: string;
  /** If it were issued now; null while it has no lines. */
  totals: { net: Money; tax: Money; total: Money; dueOn: CalendarDay } | null;
  changed: { by: string; at: Date } | null;
  /** The number it was issued under, and then it is no draft any more. */
  issuedAs: string | null;
}

/** A draft in a list. */
export interface DraftListed {
  id: InvoiceDraftId;
  summary: string;
  changedBy: string;
  changedAt: Date;
}

/** A customer's drafts, the last changed first. Every role of staff may look. */
export async function listDrafts(
  _actor: StaffActor,
  { customerId }: { customerId: CustomerId },
  world: StaffWorld = staffWorld(),
): Promise<DraftListed[]> {
  const rows = await world.staff.sql`
    select d.*, u.name as by from invoice_drafts d join users u on u.id = d.user_id
    where d.customer_id = ${customerId} order by d.updated_at desc, d.id desc limit 50`;
  return rows.map((row) => ({
    id: row.id,
    summary: draftOf(world, contentIn(row)).summary,
    changedBy: row.by,
    changedAt: row.updated_at,
  }));
}

/** Null if there is no such customer or draft; `draftId` null is a new one in the customer's currency. */
export async function showDraft(
  _actor: StaffActor,
  { reference, draftId, newId }: { reference: string; draftId: string | null; newId: InvoiceDraftId },
  world: StaffWorld = staffWorld(),
): Promise<DraftPage | null> {
  if (reference.includes("\0") || (draftId !== null && !isUuid(draftId))) return null;
  const customer = await readCustomer(world, reference);
  if (!customer) return null;
  const base = {
    customerId: customer.id as CustomerId,
    reference: customer.reference as string,
    name: customer.name as string,
    isClosed: customer.closed_at !== null,
    taxRate: percentOf(customer.rate_ppm),
  };
  if (draftId === null) {
    const empty = {
      version: 0,
      dueDays: 14,
      note: "",
      lines: [],
      totals: null,
      changed: null,
      issuedAs: null,
    };
    return { ...base, ...empty, draftId: newId, currency: customer.currency };
  }
  const [row] = await world.staff.sql`
    select d.*, u.name as by from invoice_drafts d join users u on u.id = d.user_id
    where d.customer_id = ${customer.id} and d.id = ${draftId}`;
  if (!row) {
    const [invoice] = await world.staff.sql`
      select number, currency from invoices where customer_id = ${customer.id} and id = ${draftId} and origin = 'manual'`;
    if (!invoice) return null;
    const none = { version: 0, dueDays: 0, note: "", lines: [], totals: null, changed: null };
    const own = { draftId: draftId as InvoiceDraftId, currency: invoice.currency, issuedAs: invoice.number };
    return { ...base, ...none, ...own };
  }
  const content = contentIn(row);
  const { currency, dueDays, note } = content;
  const draft = draftOf(world, content);
  const totals =
    draft.lines.length > 0
      ? priceInvoice(draft, ownRates, { clock: world.clock, now: world.clock.now() })
      : null;
  return {
    ...base,
    draftId: row.id,
    version: row.version,
    currency,
    dueDays,
    note,
    lines: content.lines.map(({ description, quantity, unitMinor, taxRatePpm }) => ({
      kind: unitMinor < 0n ? "discount" : "item",
      description,
      quantity,
      unit: toDecimal({ minor: unitMinor < 0n ? -unitMinor : unitMinor, currency }),
      taxRate: percentOf(taxRatePpm),
    })),
    totals: totals && { net: totals.net, tax: totals.tax, total: totals.total, dueOn: totals.dueOn },
    changed: { by: row.by, at: row.updated_at },
    issuedAs: null,
  };
}

/** The paper that a draft would be if it were issued now, without a number; null if there is none, or it has no lines. */
export async function printDraft(
  actor: StaffActor,
  { reference, draftId }: { reference: string; draftId: string },
  given: PaperGiven,
  world: StaffWorld = staffWorld(),
): Promise<Paper | null> {
  if (reference.includes("\0") || !isUuid(draftId)) return null;
  const customer = await readCustomer(world, reference);
  if (!customer) return null;
  const [row] = await world.staff.sql`
    select currency, due_days, note, lines from invoice_drafts where customer_id = ${customer.id} and id = ${draftId}`;
  if (!row) return null;
  const draft = draftOf(world, contentIn(row));
  if (draft.lines.length === 0) return null;
  const priced = priceInvoice(draft, ownRates, { clock: world.clock, now: world.clock.now() });
  const nothing = { minor: 0n, currency: priced.currency };
  const messages = given.messagesOf(customer.locale);
  const facts: InvoiceFacts = {
    id: draftId,
    number: wordsIn(customer.locale, messages)("paper.draft"),
    state: "open",
    locale: customer.locale,
    customerReference: customer.reference,
    billTo: billToIn(customer),
    summary: priced.summary,
    note: priced.note ?? "",
    issuedAt: world.clock.now(),
    dueOn: priced.dueOn,
    paidAt: null,
    lines: priced.lines.map((line) => ({
      ...line,
      quantity: String(line.quantity),
      termStartsAt: null,
      termEndsAt: null,
    })),
    net: priced.net,
    tax: priced.tax,
    total: priced.total,
    paid: nothing,
    credited: nothing,
    remaining: priced.total,
    payments: [],
    creditNotes: [],
    payUrl: null,
  };
  const host = await readHost(world.staff.sql as never, given, world.timeZone);
  return drawPaper({ kind: "invoice", host, facts, messages }, actor.userId);
}

async function readCustomer(world: StaffWorld, reference: string) {
  const [customer] = await world.staff.sql`
    select c.id, c.reference, c.name, c.email, c.country, c.address, c.tax_id, c.currency, c.locale, c.closed_at,
      coalesce((select rate_ppm from tax_rates t where t.country = c.country and t.valid_from <= ${world.clock.now()}
        order by valid_from desc limit 1), 0) as rate_ppm
    from customers c where reference = ${reference} and not is_house limit 1`;
  return customer ?? null;
}
