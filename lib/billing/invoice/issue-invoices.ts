import { bulkStatement } from "@/db/bulk-statement";
import type { Database } from "@/db/client";
import { type Transaction, transact } from "@/db/transaction";
import { type CustomerId, type InvoiceId, newId, type UserId } from "@/lib/kernel/id";
import { postBooks } from "@/lib/ledger/post-book";
import { Decision } from "../decision";
import { lockBalances, type ServiceRecord, serviceRecordOf } from "../scene";
import type { World } from "../world";
import { writeChanges } from "../write-changes";
import { type InvoiceDraft, priceInvoice } from "./draft";
import { bookIssued, type Issued, isFree, issuedAs, issuedParts, linesOf, recordOf } from "./issued-invoice";
import { numberInvoices, prepareSeries, seriesOf } from "./number-invoices";
import { taxRuleIn, taxRuleSql } from "./tax-rule";

export interface IssuedInvoice {
  id: InvoiceId;
  number: string;
}

/**
 * Issues invoices of one customer: rows, the ledger's receivables, then their numbers in one last statement. One of
 * nothing is paid at issue and completes (domain.md, States). `prepare` runs under the balance's lock and returns the
 * drafts, so that what they are made from cannot change between. `by` is who issues, for the record.
 */
export async function issueInvoices(
  world: World,
  database: Database,
  customerId: CustomerId,
  prepare: (tx: Transaction) => Promise<readonly InvoiceDraft[]>,
  by: Issuer = { actor: "system", userId: null },
): Promise<IssuedInvoice[]> {
  const series = seriesOf(world.clock.now(), world.timeZone);
  await transact(database, { customerId }, ({ sql }) => prepareSeries(sql, series));
  return transact(database, { customerId }, (tx) => issueIn(world, tx, customerId, prepare, by));
}

/** Who issues, for the record. */
export interface Issuer {
  actor: "customer" | "staff" | "system";
  userId: UserId | null;
}

/**
 * The same in a transaction of the caller's, who has made the series in one before it, so that nobody waits for this one at
 * the first number of a year. Here it is made only where that year has ended since.
 */
export async function issueIn(
  world: World,
  tx: Transaction,
  customerId: CustomerId,
  prepare: (tx: Transaction) => Promise<readonly InvoiceDraft[]>,
  by: Issuer,
): Promise<IssuedInvoice[]> {
  const now = world.clock.now();
  const series = seriesOf(now, world.timeZone);
  const { sql } = tx;
  const [balances, [customer]] = await Promise.all([
    lockBalances(sql, customerId),
    sql`select name, email, country, address, tax_id, ${taxRuleSql(sql)} as tax_rule
      from customers c where id = ${customerId}`,
    prepareSeries(sql, series).execute(),
  ]);
  if (!customer) throw new Error("an invoice is for a customer that exists");
  const drafts = await prepare(tx);
  if (drafts.length === 0) return [];
  const context = {
    customerId,
    now,
    clock: world.clock,
    timeZone: world.timeZone,
    ...by,
  };
  const decision = new Decision(context, balances);
  const issued = drafts.map((draft) => ({
    ...priceInvoice(draft, taxRuleIn(customer.tax_rule), { clock: world.clock, now }),
    id: draft.id ?? newId<InvoiceId>(world.clock),
  }));
  const { name, email, country, address, tax_id: taxId } = customer;
  const billTo = { name, email, country, address, taxId };
  await bulkStatement(sql, issuedParts(issued.map((invoice) => issuedAs(customerId, invoice, billTo, now))));
  await nameCurrentInvoices(tx, customerId, issued);
  for (const invoice of issued) bookIssued(decision, invoice);
  for (const invoice of issued.filter(isFree)) await finishFree(tx, decision, invoice);
  const { books, changes } = decision.result();
  if (books.length > 0) await postBooks(sql, books);
  // What is free was written as paid: there is no state for it to leave.
  await writeChanges(sql, customerId, { ...changes, invoiceStates: [] });
  await numberInvoices(
    sql,
    series.key,
    issued.map(({ id }) => ({ customerId, id })),
  );
  const rows = await sql`
    select id, number from invoices where customer_id = ${customerId} and id = any(${issued.map(({ id }) => id)}::uuid[])
    order by number`;
  return rows.map((row) => ({ id: row.id as InvoiceId, number: row.number as string }));
}

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

/** What is paid at issue completes at once. */
async function finishFree(tx: Transaction, decision: Decision, invoice: Issued): Promise<void> {
  const services = await servicesOf(tx, decision.context.customerId, invoice);
  decision.see({ invoices: [recordOf(invoice)], lines: linesOf(invoice), services });
  decision.finishFree(invoice.id);
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
  return rows.map(serviceRecordOf);
}
