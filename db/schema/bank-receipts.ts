import { sql } from "drizzle-orm";
import {
  check,
  date,
  foreignKey,
  index,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { currency, customerId, id, instant, minor } from "./columns";
import { customers } from "./customers";
import { payments } from "./payments";
import { users } from "./users";

/**
 * Money that came in by bank, as the host's bank statement has it. One whose sender is found has its payment; one of an
 * unknown sender stands on the house's own customer without, until it is assigned: then the customer has a row of the
 * same id.
 */
export const bankReceipts = pgTable(
  "bank_receipts",
  {
    customerId: customerId(),
    id: id(),
    paymentId: uuid("payment_id"),
    currency: currency(),
    amountMinor: minor("amount_minor").notNull(),
    /** The day on which the bank has had the money. */
    valueDate: date("value_date", { mode: "string" }).notNull(),
    reference: text("reference").notNull(),
    sender: text("sender").notNull().default(""),
    userId: uuid("user_id").notNull(),
    recordedAt: instant("recorded_at").notNull(),
    assignedAt: instant("assigned_at"),
    /** When it was sent back to whoever it came from. */
    returnedAt: instant("returned_at"),
  },
  (t) => [
    primaryKey({ name: "bank_receipts_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "bank_receipts_customer_fk",
      columns: [t.customerId],
      foreignColumns: [customers.id],
    }),
    foreignKey({
      name: "bank_receipts_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    foreignKey({ name: "bank_receipts_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    uniqueIndex("bank_receipts_payment_key").on(t.customerId, t.paymentId),
    index("bank_receipts_user_idx").on(t.userId),
    index("bank_receipts_unmatched_idx")
      .on(t.customerId, t.id)
      .where(sql`${t.paymentId} is null and ${t.assignedAt} is null and ${t.returnedAt} is null`),
    check("bank_receipts_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check("bank_receipts_amount_check", sql`${t.amountMinor} > 0`),
    check(
      "bank_receipts_text_check",
      sql`length(${t.reference}) between 1 and 140 and length(${t.sender}) <= 140`,
    ),
    check(
      "bank_receipts_assigned_check",
      sql`num_nonnulls(${t.paymentId}, ${t.assignedAt}, ${t.returnedAt}) <= 1`,
    ),
  ],
);

/**
 * Registry: keeps a receipt from being recorded twice, whoever it is said to be from. What makes it the same is its
 * reference (spelled small), value date and amount. Rows are only added.
 */
export const bankReceiptKeys = pgTable(
  "bank_receipt_keys",
  {
    currency: currency(),
    amountMinor: minor("amount_minor").notNull(),
    valueDate: date("value_date", { mode: "string" }).notNull(),
    reference: text("reference").notNull(),
    receiptId: uuid("receipt_id").notNull(),
  },
  (t) => [
    primaryKey({
      name: "bank_receipt_keys_pk",
      columns: [t.currency, t.amountMinor, t.valueDate, t.reference],
    }),
    uniqueIndex("bank_receipt_keys_receipt_key").on(t.receiptId),
  ],
);
