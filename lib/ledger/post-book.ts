import { type BulkPart, type BulkWrite, bulkStatement } from "@/db/bulk-statement";
import type { Sql } from "@/db/client";
import type { Transaction } from "@/db/transaction";
import type { BookChanges } from "./book";

type SqlTag = Pick<Transaction, "sql">["sql"] | Sql;

/**
 * Writes the transfers of any number of books, and the balances they leave, in one statement. The caller holds the
 * balances' locks: a balance that is not where it was read makes the statement fail, and with it the transaction.
 */
export function postBooks(sql: SqlTag, books: readonly BookChanges[]) {
  return bulkStatement(sql, bookParts(books));
}

/** What postBooks writes, as parts of a statement that writes more. */
export function bookParts(books: readonly BookChanges[]): BulkPart[] {
  return [
    { write: balancesMade, rows: books.filter(({ isNewBalance }) => isNewBalance).map(balanceRow) },
    { write: balancesMoved, rows: books.filter(({ isNewBalance }) => !isNewBalance).map(balanceRow) },
    { write: transfersAdded, rows: books.flatMap(transferRows) },
  ];
}

function balanceRow({ customerId, balance, transfers }: BookChanges) {
  return {
    customer_id: customerId,
    currency: balance.currency,
    posted_minor: balance.postedMinor,
    held_minor: balance.heldMinor,
    seq: balance.seq,
    seq_before: balance.seq - BigInt(transfers.length),
  };
}

function transferRows(book: BookChanges) {
  return book.transfers.map((row) => ({
    customer_id: book.customerId,
    id: row.id,
    currency: row.currency,
    seq: row.seq,
    kind: row.kind,
    debit: row.debit,
    credit: row.credit,
    amount_minor: row.amountMinor,
    reason: row.reason,
    pending_id: row.pendingId,
    payment_id: row.paymentId,
    invoice_id: row.invoiceId,
    charge_id: row.chargeId,
    refund_id: row.refundId,
    dispute_id: row.disputeId,
    bank_receipt_id: row.bankReceiptId,
    occurred_at: book.occurredAt,
    value_date: row.valueDate,
  }));
}

const balancesMade: BulkWrite = {
  name: "balances_made",
  columns: "customer_id uuid, currency text, posted_minor bigint, held_minor bigint, seq bigint",
  isCounted: true,
  text: `
    insert into balances (customer_id, currency, posted_minor, held_minor, seq)
    select customer_id, currency, posted_minor, held_minor, seq from $rows returning 1`,
};

const balancesMoved: BulkWrite = {
  name: "balances_moved",
  columns: `customer_id uuid, currency text, posted_minor bigint, held_minor bigint, seq bigint, seq_before bigint`,
  isCounted: true,
  text: `
    update balances b set posted_minor = t.posted_minor, held_minor = t.held_minor, seq = t.seq from $rows
    where b.customer_id = t.customer_id and b.currency = t.currency and b.seq = t.seq_before returning 1`,
};

const transfersAdded: BulkWrite = {
  name: "transfers_added",
  columns: `customer_id uuid, id uuid, currency text, seq bigint, kind text, debit text, credit text,
    amount_minor bigint, reason text, pending_id uuid, payment_id uuid, invoice_id uuid, charge_id uuid,
    refund_id uuid, dispute_id uuid, bank_receipt_id uuid, occurred_at timestamptz, value_date date`,
  isCounted: false,
  text: `
    insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, pending_id,
      payment_id, invoice_id, charge_id, refund_id, dispute_id, bank_receipt_id, occurred_at, value_date)
    select customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, pending_id,
      payment_id, invoice_id, charge_id, refund_id, dispute_id, bank_receipt_id, occurred_at, value_date from $rows`,
};
