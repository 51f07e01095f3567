import type { Database } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { type CustomerId, type InvoiceId, newId } from "@/lib/kernel/id";
import type { Currency } from "@/lib/kernel/money";
import { postBooks } from "@/lib/ledger/post-book";
import { Decision } from "../decision";
import { type InvoiceRecord, type LineRecord, lockBalances, type ServiceRecord } from "../scene";
import type { World } from "../world";
import { writeChanges } from "../write-changes";
import { type InvoiceDraft, type PricedInvoice, priceInvoice } from "./draft";
import { numberInvoices, prepareSeries, seriesOf } from "./number-invoices";

export interface IssuedInvoice {
  id: InvoiceId;
  number: string;
}

/**
 * Issues invoices of one customer: rows, the ledger's receivables, then their numbers in one last statement. One of
 * nothing is paid at issue and completes (domain.md, States). `prepare` runs under the balance's lock and returns the
 * drafts, so that what they are made from cannot change between.
 */
export async function issueInvoices(
  world: World,
  database: Database,
  customerId: CustomerId,
  prepare: (tx: Transaction) => Promise<readonly InvoiceDraft[]>,
): Promise<IssuedInvoice[]> {
  const now = world.clock.now();
  const series = seriesOf(now, world.timeZone);
  await transact(database, { customerId }, ({ sql }) => prepareSeries(sql, series));
  return transact(database, { customerId }, async (tx) => {
    const { sql } = tx;
    const [balances, [customer]] = await Promise.all([
      lockBalances(sql, customerId),
      sql`select name, email, country,
        coalesce((select rate_ppm from tax_rates t where t.country = c.country and t.valid_from <= ${now}
          order by valid_from desc limit 1), 0) as rate_ppm
        from customers c where id = ${customerId}`,
    ]);
    if (!customer) throw new Error("an invoice is for a customer that exists");
    const drafts = await prepare(tx);
    if (drafts.length === 0) return [];
    const context = {
      customerId,
      now,
      clock: world.clock,
      timeZone: world.timeZone,
      actor: "system" as const,
    };
    const decision = new Decision({ ...context, userId: null }, balances);
    const issued = drafts.map((draft) => ({
      id: newId<InvoiceId>(world.clock),
      ...priceInvoice(draft, customer.rate_ppm, world.clock),
    }));
    const billTo = { name: customer.name, email: customer.email, country: customer.country };
    await insertRows(tx, customerId, issued, billTo, now);
    await nameCurrentInvoices(tx, customerId, issued);
    for (const invoice of issued) book(decision, invoice);
    const { books, changes } = decision.result();
    if (books.length > 0) await postBooks(sql, books);
    await writeChanges(sql, customerId, changes);
    await numberInvoices(
      sql,
      series.key,
      issued.map(({ id }) => ({ customerId, id })),
    );
    const rows = await sql`
      select id, number from invoices where customer_id = ${customerId} and id = any(${issued.map(({ id }) => id)}::uuid[])
      order by number`;
    const numbered = rows.map((row) => ({ id: row.id as InvoiceId, number: row.number as string }));
    const free = issued.filter(isFree);
    if (free.length > 0) await finishFree(tx, new Decision(decision.context, balances), free, numbered);
    return numbered;
  });
}

type Issued = PricedInvoice & { id: InvoiceId };

/** A renewal's row names its current invoice, under the service's lock. */
async function nameCurrentInvoices(
  tx: Transaction,
  customerId: CustomerId,
  issued: readonly Issued[],
): Promise<void> {
  const renewals = issued.flatMap((invoice) =>
    invoice.lines.flatMap((line) => (line.renewal ? { id: line.renewal.id, invoice_id: invoice.id } : [])),
  );
  if (renewals.length === 0) return;
  await tx.sql`
    with named as (
      update renewals r set state = 'invoiced', invoice_id = t.invoice_id
      from json_to_recordset(${JSON.stringify(renewals)}::text::json) as t(id uuid, invoice_id uuid)
      where r.customer_id = ${customerId} and r.id = t.id and r.state = 'due' returning 1
    ) select assert_rows('renewals', (select count(*) from named), ${renewals.length}::int::bigint)`;
}

/** Receivable against deferred revenue and tax; the record and the outbox. */
function book(decision: Decision, invoice: Issued): void {
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

/** What is paid at issue completes last of all: what is recorded of it names its number. */
async function finishFree(
  tx: Transaction,
  decision: Decision,
  free: readonly Issued[],
  numbered: readonly IssuedInvoice[],
): Promise<void> {
  const { customerId } = decision.context;
  for (const invoice of free) {
    const number = numbered.find(({ id }) => id === invoice.id)?.number ?? "";
    const services = await servicesOf(tx, customerId, invoice);
    decision.see({ invoices: [{ ...recordOf(invoice), number }], lines: linesOf(invoice), services });
    decision.finishFree(invoice.id);
  }
  // It was written as paid: there is no state for it to leave.
  await writeChanges(tx.sql, customerId, { ...decision.result().changes, invoiceStates: [] });
}

function isFree(invoice: Issued): boolean {
  return invoice.total.minor === 0n;
}

async function servicesOf(
  tx: Transaction,
  customerId: CustomerId,
  invoice: Issued,
): Promise<ServiceRecord[]> {
  const ids = invoice.lines.flatMap((line) => line.service?.id ?? []);
  const rows = await tx.sql`
    select id, plan_id, label, state, is_auto_renew, anchor_day, expires_at from services
    where customer_id = ${customerId} and id = any(${ids}::uuid[]) order by id for update`;
  return rows.map((row) => ({
    id: row.id,
    planId: row.plan_id,
    label: row.label,
    state: row.state,
    isAutoRenew: row.is_auto_renew,
    anchorDay: row.anchor_day,
    expiresAt: row.expires_at,
  }));
}

function recordOf(invoice: Issued): InvoiceRecord {
  const { id, summary, origin, currency, dueAt } = invoice;
  const amounts = { totalMinor: invoice.total.minor, amountPaidMinor: 0n, amountCreditedMinor: 0n };
  return {
    id,
    number: "",
    summary,
    origin,
    state: "open",
    currency,
    dueAt,
    ...amounts,
    paidAt: null,
    claimedBy: null,
  };
}

function linesOf(invoice: Issued): LineRecord[] {
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
        termUnit: line.service.term.unit,
        termCount: line.service.term.count,
        termStartsAt: line.renewal?.startsAt ?? null,
        termEndsAt: line.renewal?.endsAt ?? null,
      },
    ];
  });
}

async function insertRows(
  tx: Transaction,
  customerId: CustomerId,
  issued: readonly Issued[],
  billTo: { name: string; email: string; country: string },
  now: Date,
): Promise<void> {
  const { sql } = tx;
  await sql`insert into invoices ${sql(
    issued.map((invoice) => ({
      customer_id: customerId,
      id: invoice.id,
      origin: invoice.origin,
      state: isFree(invoice) ? "paid" : "open",
      currency: invoice.currency as Currency,
      net_minor: invoice.net.minor.toString(),
      tax_minor: invoice.tax.minor.toString(),
      total_minor: invoice.total.minor.toString(),
      bill_to: sql.json(billTo) as never,
      summary: invoice.summary,
      issued_at: now,
      due_at: invoice.dueAt,
      paid_at: isFree(invoice) ? now : null,
    })),
  )}`;
  await sql`insert into invoice_lines ${sql(
    issued.flatMap((invoice) =>
      invoice.lines.map((line, index) => ({
        customer_id: customerId,
        id: line.id,
        invoice_id: invoice.id,
        position: index + 1,
        kind: line.kind,
        description: line.description,
        quantity: line.quantity,
        unit_minor: line.unit.minor.toString(),
        net_minor: line.net.minor.toString(),
        tax_rate_ppm: line.taxRatePpm,
        tax_minor: line.tax.minor.toString(),
        service_id: line.service?.id ?? null,
        plan_id: line.service?.planId ?? null,
        renewal_id: line.renewal?.id ?? null,
        term_unit: line.service?.term.unit ?? null,
        term_count: line.service?.term.count ?? null,
        term_starts_at: line.renewal?.startsAt ?? null,
        term_ends_at: line.renewal?.endsAt ?? null,
      })),
    ),
  )}`;
}
