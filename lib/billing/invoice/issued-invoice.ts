import type { BulkPart, BulkWrite } from "@/db/bulk-statement";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import type { Decision } from "../decision";
import type { InvoiceRecord, LineRecord } from "../scene";
import { type PricedInvoice, periodOf } from "./draft";
import type { InvoiceState } from "./states";

/** A priced invoice with its id: on its way to the table. */
export type Issued = PricedInvoice & { id: InvoiceId };

/** The customer as printed on the invoice: as they were at issue. */
export type BillTo = Record<string, unknown>;

/** One of nothing is paid at issue (domain.md, States). */
export function isFree(invoice: Issued): boolean {
  return invoice.total.minor === 0n;
}

/** Receivable against deferred revenue and tax; the record and the outbox. */
export function bookIssued(decision: Decision, invoice: Issued): void {
  const ledger = decision.book(invoice.currency);
  const entry = { debit: "receivable" as const, invoiceId: invoice.id };
  if (invoice.net.minor > 0n) {
    ledger.transfer({
      ...entry,
      credit: "deferred_revenue",
      amountMinor: invoice.net.minor,
      reason: "invoice_issued",
    });
  }
  if (invoice.tax.minor > 0n) {
    ledger.transfer({
      ...entry,
      credit: "tax_payable",
      amountMinor: invoice.tax.minor,
      reason: "invoice_tax",
    });
  }
  decision.record({ subject: "invoice", subjectId: invoice.id, verb: "invoice_issued" });
  decision.tell("invoice.issued", { invoiceId: invoice.id });
}

/** As a decision sees it: open, with nothing on it, and without its number, which comes last of all. */
export function recordOf(invoice: Issued): InvoiceRecord {
  const { id, summary, origin, currency, dueOn } = invoice;
  return {
    id,
    number: "",
    summary,
    origin,
    state: "open",
    currency,
    totalMinor: invoice.total.minor,
    amountPaidMinor: 0n,
    amountCreditedMinor: 0n,
    dueOn,
    paidAt: null,
    claimedBy: null,
  };
}

/** Its lines that bring something. */
export function linesOf(invoice: Issued): LineRecord[] {
  return invoice.lines.flatMap((line): LineRecord[] => {
    if (line.kind === "other" || !line.service) return [];
    return [
      {
        id: line.id,
        invoiceId: invoice.id,
        kind: line.kind,
        serviceId: line.service.id,
        renewalId: line.renewal?.id ?? null,
        renewalState: line.renewal ? "invoiced" : null,
        wasDeclined: false,
        termUnit: line.service.term.unit,
        termCount: line.service.term.count,
        termStartsAt: line.renewal?.startsAt ?? null,
        termEndsAt: line.renewal?.endsAt ?? null,
      },
    ];
  });
}

/** An invoice as it enters the table. Minor units. */
export interface IssuedRow {
  customerId: CustomerId;
  invoice: Issued;
  billTo: BillTo;
  issuedAt: Date;
  state: InvoiceState;
  amountPaidMinor: bigint;
  paidAt: Date | null;
}

/** As it is at its issue, before anybody has paid it. */
export function issuedAs(customerId: CustomerId, invoice: Issued, billTo: BillTo, issuedAt: Date): IssuedRow {
  const paid = isFree(invoice);
  const state = paid ? "paid" : "open";
  return {
    customerId,
    invoice,
    billTo,
    issuedAt,
    state,
    amountPaidMinor: 0n,
    paidAt: paid ? issuedAt : null,
  };
}

/** The rows of invoices of any number of customers and of their lines, as parts of one statement. */
export function issuedParts(issued: readonly IssuedRow[]): BulkPart[] {
  return [
    { write: invoicesAdded, rows: issued.map(invoiceRow) },
    { write: linesAdded, rows: issued.flatMap(lineRows) },
  ];
}

function invoiceRow({ customerId, invoice, billTo, issuedAt, state, amountPaidMinor, paidAt }: IssuedRow) {
  return {
    customer_id: customerId,
    id: invoice.id,
    origin: invoice.origin,
    state,
    currency: invoice.currency,
    net_minor: invoice.net.minor,
    tax_minor: invoice.tax.minor,
    total_minor: invoice.total.minor,
    amount_paid_minor: amountPaidMinor,
    bill_to: billTo,
    summary: invoice.summary,
    note: invoice.note ?? "",
    issued_at: issuedAt,
    due_on: invoice.dueOn,
    paid_at: paidAt,
  };
}

function lineRows({ customerId, invoice }: IssuedRow) {
  return invoice.lines.map((line, index) => ({
    customer_id: customerId,
    id: line.id,
    invoice_id: invoice.id,
    position: index + 1,
    kind: line.kind,
    description: line.description,
    quantity: line.quantity,
    unit_minor: line.unit.minor,
    net_minor: line.net.minor,
    tax_rate_ppm: line.taxRatePpm,
    tax_minor: line.tax.minor,
    tax_category: line.taxRatePpm === 0 ? "zero" : "standard",
    includes_tax: line.includesTax === true,
    period: periodOf(line) ? "dated" : line.kind === "order" ? "from_payment" : "none",
    service_id: line.service?.id ?? null,
    plan_id: line.service?.planId ?? null,
    renewal_id: line.renewal?.id ?? null,
    term_unit: line.service?.term.unit ?? null,
    term_count: line.service?.term.count ?? null,
    term_starts_at: periodOf(line)?.startsAt ?? null,
    term_ends_at: periodOf(line)?.endsAt ?? null,
  }));
}

const invoicesAdded = added(
  "invoices",
  `customer_id uuid, id uuid, origin text, state text, currency text, net_minor bigint, tax_minor bigint,
   total_minor bigint, amount_paid_minor bigint, bill_to jsonb, summary text, note text, issued_at timestamptz, due_on date,
   paid_at timestamptz`,
);

const linesAdded = added(
  "invoice_lines",
  `customer_id uuid, id uuid, invoice_id uuid, position integer, kind text, description text, quantity numeric,
   unit_minor bigint, net_minor bigint, tax_rate_ppm integer, tax_minor bigint, tax_category text, includes_tax boolean, period text, service_id uuid, plan_id uuid,
   renewal_id uuid, term_unit text, term_count integer, term_starts_at timestamptz, term_ends_at timestamptz`,
);

/** One INSERT of rows that are named by their columns. */
function added(table: string, columns: string): BulkWrite {
  const names = columns.split(",").map((column) => column.trim().split(/\s+/)[0]);
  const text = `insert into ${table} (${names.join(", ")}) select ${names.join(", ")} from $rows`;
  return { name: `${table}_added`, columns, text, isCounted: false };
}
