import type { Sql } from "@/db/client";
import { jsonRows } from "@/db/json-rows";
import type { Transaction } from "@/db/transaction";
import type { BookChanges } from "./book";

type SqlTag = Pick<Transaction, "sql">["sql"] | Sql;

/**
 * Writes the transfers of any number of books, and the balances they leave, in one statement. The caller holds the
 * balances' locks: a balance that is not where it was read makes the statement fail, and with it the transaction.
 */
export function postBooks(sql: SqlTag, books: readonly BookChanges[]) {
  const balances = books.map(({ customerId, balance, transfers, isNewBalance }) => ({
    customer_id: customerId,
    currency: balance.currency,
    posted_minor: balance.postedMinor,
    held_minor: balance.heldMinor,
    seq: balance.seq,
    seq_before: balance.seq - BigInt(transfers.length),
    is_new: isNewBalance,
  }));
  const transfers = books.flatMap((book) =>
    book.transfers.map((row) => ({
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
      occurred_at: book.occurredAt,
      value_date: book.valueDate,
    })),
  );
  return sql`
    with given as materialized (
      select * from json_to_recordset(${jsonRows(balances)}::text::json)
        as b(customer_id uuid, currency text, posted_minor bigint, held_minor bigint, seq bigint, seq_before bigint, is_new boolean)
    ), made as (
      insert into balances (customer_id, currency, posted_minor, held_minor, seq)
      select customer_id, currency, posted_minor, held_minor, seq from given where is_new
      returning 1
    ), moved as (
      update balances b set posted_minor = g.posted_minor, held_minor = g.held_minor, seq = g.seq
      from given g
      where b.customer_id = g.customer_id and b.currency = g.currency and b.seq = g.seq_before and not g.is_new
      returning 1
    ), added as (
      insert into transfers (customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, pending_id,
        payment_id, invoice_id, charge_id, occurred_at, value_date)
      select customer_id, id, currency, seq, kind, debit, credit, amount_minor, reason, pending_id,
        payment_id, invoice_id, charge_id, occurred_at, value_date
      from json_to_recordset(${jsonRows(transfers)}::text::json)
        as t(customer_id uuid, id uuid, currency text, seq bigint, kind text, debit text, credit text,
          amount_minor bigint, reason text, pending_id uuid, payment_id uuid, invoice_id uuid, charge_id uuid,
          occurred_at timestamptz, value_date date)
      returning 1
    )
    select assert_rows('balances', (select count(*) from made) + (select count(*) from moved), ${balances.length}::int::bigint)`;
}
