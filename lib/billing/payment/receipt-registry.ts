import type { ReservedSql } from "@/db/client";
import type { Transaction } from "@/db/transaction";
import type { CustomerId } from "@/lib/kernel/id";
import type { BankReceipt } from "./decide-bank-payment";

/** A receipt that was recorded before. */
export interface KnownReceipt {
  /** Whose it is now; null: of an unknown sender. */
  readonly customerId: CustomerId | null;
  readonly customerName: string;
  /** Of the same reference, value date and amount. */
  readonly isSame: boolean;
}

/**
 * The receipt that has this id, or this reference (in whatever case: the database folds it, as the books do), value date
 * and amount, if one was recorded: whoever it is said to be from, it came once.
 */
export async function knownReceipt(sql: ReservedSql, receipt: BankReceipt): Promise<KnownReceipt | null> {
  const { amount, valueDate, reference } = receipt;
  const rows = await sql`
    select r.customer_id, c.name, c.is_house, k.receipt_id,
      k.currency = ${amount.currency} and k.amount_minor = ${amount.minor} and k.value_date = ${valueDate}
        and k.reference = lower(${reference}) as is_same
    from bank_receipt_keys k
    join bank_receipts r on r.id = k.receipt_id
    join customers c on c.id = r.customer_id
    where k.receipt_id = ${receipt.id} or (k.currency = ${amount.currency} and k.amount_minor = ${amount.minor}
      and k.value_date = ${valueDate} and k.reference = lower(${reference}))
    order by is_same desc, c.is_house limit 1`;
  const [row] = rows;
  if (!row) return null;
  return {
    customerId: row.is_house ? null : row.customer_id,
    customerName: row.is_house ? "" : row.name,
    isSame: row.is_same,
  };
}

/** Registers a receipt for good; two who register the same at once are told apart by the registry's keys. */
export function registerReceipt(tx: Transaction, receipt: BankReceipt): void {
  const { id, amount, valueDate, reference } = receipt;
  tx.write(tx.sql`
    insert into bank_receipt_keys (currency, amount_minor, value_date, reference, receipt_id)
    values (${amount.currency}, ${amount.minor}, ${valueDate}, lower(${reference}), ${id})`);
}

const registeredOnce = new Set(["bank_receipt_keys_pk", "bank_receipt_keys_receipt_key", "bank_receipts_pk"]);

/** Whether an error says that somebody registered the same receipt a moment before. */
export function isRegisteredMeanwhile(constraint: string | undefined): boolean {
  return constraint !== undefined && registeredOnce.has(constraint);
}
