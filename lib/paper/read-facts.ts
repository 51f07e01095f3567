import type { ReservedSql } from "@/db/client";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { type Currency, type Money, money } from "@/lib/kernel/money";
import type { BillTo, CreditNoteFacts, InvoiceFactLine, InvoiceFacts } from "./shapes";

/** An invoice as it stands now; null if the customer has none of that number. `payUrlOf` says where it is paid. */
export async function readInvoiceFacts(
  sql: ReservedSql,
  customerId: CustomerId,
  number: string,
  payUrlOf: (invoiceId: InvoiceId) => Promise<string>,
): Promise<InvoiceFacts | null> {
  // PostgreSQL cannot even be asked for a text with a zero in it.
  if (number.includes("\0")) return null;
  const [row] = await sql`
    select i.*, c.locale, c.reference from invoices i join customers c on c.id = i.customer_id
    where i.customer_id = ${customerId} and i.number = ${number}`;
  if (!row) return null;
  const id = row.id as InvoiceId;
  const of = moneyIn(row.currency);
  const [lines, payments, notes, payUrl] = await Promise.all([
    readLines(sql, customerId, id, of),
    sql`
      select min(created_at) as paid_at, source, sum(amount_minor)::bigint as minor from allocations
      where customer_id = ${customerId} and invoice_id = ${id}
      group by payment_id, source having sum(amount_minor) <> 0 order by 1, payment_id, source`,
    sql`
      select number, issued_at, total_minor from credit_notes
      where customer_id = ${customerId} and invoice_id = ${id} and number is not null order by issued_at, id`,
    row.state === "open" ? payUrlOf(id) : null,
  ]);
  return {
    id,
    number: row.number,
    state: row.state,
    ...customerIn(row),
    billTo: row.bill_to as BillTo,
    summary: row.summary,
    note: row.note,
    issuedAt: row.issued_at,
    dueOn: row.due_on,
    paidAt: row.paid_at,
    lines,
    net: of(row.net_minor),
    tax: of(row.tax_minor),
    total: of(row.total_minor),
    paid: of(row.amount_paid_minor),
    credited: of(row.amount_credited_minor),
    remaining: of((row.total_minor as bigint) - row.amount_paid_minor - row.amount_credited_minor),
    payments: payments.map(({ paid_at, source, minor }) => ({
      paidAt: paid_at,
      source,
      amount: of(minor as bigint),
    })),
    creditNotes: notes.map((note) => ({
      number: note.number,
      issuedAt: note.issued_at,
      total: of(note.total_minor),
    })),
    payUrl,
  };
}

async function readLines(
  sql: ReservedSql,
  customerId: CustomerId,
  id: InvoiceId,
  of: (minor: bigint) => Money,
): Promise<InvoiceFactLine[]> {
  const rows = await sql`
    select l.*, trim_scale(l.quantity)::text as quantity_text, t.starts_at, t.ends_at from invoice_lines l
    left join terms t on t.customer_id = l.customer_id and t.invoice_line_id = l.id
    where l.customer_id = ${customerId} and l.invoice_id = ${id} order by l.position`;
  return rows.map((row) => ({
    description: row.description,
    quantity: row.quantity_text,
    unit: of(row.unit_minor),
    net: of(row.net_minor),
    taxRatePpm: row.tax_rate_ppm,
    tax: of(row.tax_minor),
    termStartsAt: row.term_starts_at ?? row.starts_at,
    termEndsAt: row.term_ends_at ?? row.ends_at,
  }));
}

/** A credit note, with the invoice that it takes back; null if the customer has none of that number. */
export async function readCreditNoteFacts(
  sql: ReservedSql,
  customerId: CustomerId,
  number: string,
): Promise<CreditNoteFacts | null> {
  if (number.includes("\0")) return null;
  const [row] = await sql`
    select n.*, i.number as invoice_number, i.issued_at as invoice_issued_at, i.summary, i.bill_to,
      c.locale, c.reference
    from credit_notes n
    join invoices i on i.customer_id = n.customer_id and i.id = n.invoice_id
    join customers c on c.id = n.customer_id
    where n.customer_id = ${customerId} and n.number = ${number}`;
  if (!row) return null;
  const of = moneyIn(row.currency);
  return {
    id: row.id,
    number: row.number,
    issuedAt: row.issued_at,
    note: row.note,
    net: of(row.net_minor),
    tax: of(row.tax_minor),
    total: of(row.total_minor),
    ...customerIn(row),
    billTo: row.bill_to as BillTo,
    invoice: { number: row.invoice_number, issuedAt: row.invoice_issued_at, summary: row.summary },
  };
}

export function moneyIn(currency: Currency): (minor: bigint) => Money {
  return (minor) => money(minor, currency);
}

export function customerIn(row: Record<string, unknown>): { locale: string; customerReference: string } {
  return { locale: row.locale as string, customerReference: row.reference as string };
}

/** Who is billed as the customer's row has it now, for papers that are not of an issued invoice. */
export function billToIn(row: Record<string, unknown>): BillTo {
  const { name, email, country, address, tax_id: taxId } = row;
  return { name, email, country, address, taxId } as BillTo;
}
