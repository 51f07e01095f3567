import { type BulkPart, type BulkWrite, bulkStatement } from "@/db/bulk-statement";
import type { ReservedSql } from "@/db/client";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId } from "@/lib/kernel/id";
import { bookParts } from "@/lib/ledger/post-book";
import { changePartsOfMany } from "../change-parts";
import type { Decision } from "../decision";
import type { BillTo, Issued, IssuedRow } from "../invoice/issued-invoice";
import { issuedParts } from "../invoice/issued-invoice";

/** What was decided for one customer of a batch. */
export interface DecidedRenewals {
  customerId: CustomerId;
  decision: Decision;
  issued: readonly Issued[];
  billTo: BillTo;
  /** Renewals that were given back and are billed anew: their rows are there. */
  reissued: ReadonlySet<string>;
}

/**
 * Writes the decisions of a batch of customers in one statement: the ledger, the invoices as the decision leaves them (paid
 * at once or open), their renewals, and everything that they brought. The numbers come after it.
 */
export function writeRenewals(sql: ReservedSql, decided: readonly DecidedRenewals[]) {
  const results = decided.map((one) => ({ ...one, result: one.decision.result() }));
  const fresh = new Set(decided.flatMap(({ issued }) => issued.map(({ id }) => id as string)));
  const changes = results.map(({ customerId, result }) => ({
    customerId,
    // What is new enters the tables as it is in the end: there is no state for it to leave.
    changes: {
      ...result.changes,
      invoiceStates: result.changes.invoiceStates.filter(({ id }) => !fresh.has(id)),
      renewalStates: [],
    },
  }));
  return bulkStatement(sql, [
    ...bookParts(results.flatMap(({ result }) => result.books)),
    ...issuedParts(decided.flatMap(rowsOf)),
    ...renewalParts(decided),
    ...changePartsOfMany(changes),
  ]);
}

function rowsOf({ customerId, decision, issued, billTo }: DecidedRenewals): IssuedRow[] {
  return issued.map((invoice) => {
    const record = decision.invoice(invoice.id);
    assert(record, "what is issued was seen by its decision");
    const { state, amountPaidMinor, paidAt } = record;
    return { customerId, invoice, billTo, issuedAt: decision.context.now, state, amountPaidMinor, paidAt };
  });
}

function renewalParts(decided: readonly DecidedRenewals[]): BulkPart[] {
  const rows = decided.flatMap(({ customerId, decision, issued, reissued }) =>
    issued.flatMap((invoice) =>
      invoice.lines.flatMap(({ renewal, service }) => {
        if (!renewal || !service) return [];
        const state = decision.invoice(invoice.id)?.state === "paid" ? "paid" : "invoiced";
        return [
          {
            isAgain: reissued.has(renewal.id),
            customer_id: customerId,
            id: renewal.id,
            service_id: service.id,
            term_starts_at: renewal.startsAt,
            state,
            invoice_id: invoice.id,
          },
        ];
      }),
    ),
  );
  const withoutMark = ({ isAgain: _, ...row }: (typeof rows)[number]) => row;
  return [
    { write: renewalsAdded, rows: rows.filter(({ isAgain }) => !isAgain).map(withoutMark) },
    { write: renewalsReissued, rows: rows.filter(({ isAgain }) => isAgain).map(withoutMark) },
  ];
}

const renewalColumns =
  "customer_id uuid, id uuid, service_id uuid, term_starts_at timestamptz, state text, invoice_id uuid";

const renewalsAdded: BulkWrite = {
  name: "renewals_added",
  columns: renewalColumns,
  isCounted: false,
  text: `
    insert into renewals (customer_id, id, service_id, term_starts_at, state, invoice_id)
    select customer_id, id, service_id, term_starts_at, state, invoice_id from $rows`,
};

const renewalsReissued: BulkWrite = {
  name: "renewals_reissued",
  columns: renewalColumns,
  isCounted: true,
  text: `
    update renewals r set state = t.state, invoice_id = t.invoice_id from $rows
    where r.customer_id = t.customer_id and r.id = t.id and r.state = 'due' returning 1`,
};
