import { sql } from "drizzle-orm";
import {
  bigint,
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
import { bankReceipts } from "./bank-receipts";
import { charges } from "./charges";
import { currency, customerId, id, instant, minor } from "./columns";
import { customers } from "./customers";
import { disputes } from "./disputes";
import { invoices } from "./invoices";
import { payments } from "./payments";
import { refunds } from "./refunds";

/** Prepaid money of a customer in one currency: the only running total a transaction keeps. */
export const balances = pgTable(
  "balances",
  {
    customerId: customerId(),
    currency: currency(),
    postedMinor: minor("posted_minor").notNull().default(sql`0`),
    heldMinor: minor("held_minor").notNull().default(sql`0`),
    seq: bigint("seq", { mode: "bigint" }).notNull().default(sql`0`),
  },
  (t) => [
    primaryKey({ name: "balances_pk", columns: [t.customerId, t.currency] }),
    foreignKey({ name: "balances_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    check("balances_held_check", sql`0 <= ${t.heldMinor} and ${t.heldMinor} <= ${t.postedMinor}`),
    check("balances_seq_check", sql`${t.seq} >= 0`),
    check("balances_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);

export const ledgerAccounts = [
  "receivable",
  "gateway_clearing",
  "bank",
  "disputed",
  "customer_debt",
  "customer_balance",
  "deferred_revenue",
  "tax_payable",
  "refund_payable",
  "suspense",
  "revenue",
  "goodwill",
  "bad_debt",
  "dispute_loss",
  "processing_fees",
  "fx",
  "opening",
  "legacy_settlement",
  "rounding",
] as const;

const accountList = sql.raw(ledgerAccounts.map((name) => `'${name}'`).join(", "));

/**
 * One debit, one credit, one amount. Rows are only ever added. A hold is a `pending` row; a `post` (of all or
 * a part, the rest released) or a `void` row names it and resolves it, once. `seq` orders everything that ever
 * happened to a customer's ledger in a currency; it is taken under the balance's lock.
 */
export const transfers = pgTable(
  "transfers",
  {
    customerId: customerId(),
    id: id(),
    currency: currency(),
    seq: bigint("seq", { mode: "bigint" }).notNull(),
    kind: text("kind", { enum: ["posted", "pending", "post", "void"] }).notNull(),
    debit: text("debit", { enum: ledgerAccounts }).notNull(),
    credit: text("credit", { enum: ledgerAccounts }).notNull(),
    amountMinor: minor("amount_minor").notNull(),
    reason: text("reason").notNull(),
    pendingId: uuid("pending_id"),
    paymentId: uuid("payment_id"),
    invoiceId: uuid("invoice_id"),
    chargeId: uuid("charge_id"),
    refundId: uuid("refund_id"),
    disputeId: uuid("dispute_id"),
    bankReceiptId: uuid("bank_receipt_id"),
    occurredAt: instant("occurred_at").notNull(),
    valueDate: date("value_date", { mode: "string" }).notNull(),
  },
  (t) => [
    primaryKey({ name: "transfers_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "transfers_balance_fk",
      columns: [t.customerId, t.currency],
      foreignColumns: [balances.customerId, balances.currency],
    }),
    foreignKey({
      name: "transfers_pending_fk",
      columns: [t.customerId, t.pendingId],
      foreignColumns: [t.customerId, t.id],
    }),
    foreignKey({
      name: "transfers_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    foreignKey({
      name: "transfers_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    foreignKey({
      name: "transfers_charge_fk",
      columns: [t.customerId, t.chargeId],
      foreignColumns: [charges.customerId, charges.id],
    }),
    foreignKey({
      name: "transfers_refund_fk",
      columns: [t.customerId, t.refundId],
      foreignColumns: [refunds.customerId, refunds.id],
    }),
    foreignKey({
      name: "transfers_dispute_fk",
      columns: [t.customerId, t.disputeId],
      foreignColumns: [disputes.customerId, disputes.id],
    }),
    foreignKey({
      name: "transfers_bank_receipt_fk",
      columns: [t.customerId, t.bankReceiptId],
      foreignColumns: [bankReceipts.customerId, bankReceipts.id],
    }),
    uniqueIndex("transfers_seq_key").on(t.customerId, t.currency, t.seq),
    uniqueIndex("transfers_pending_key").on(t.customerId, t.pendingId).where(sql`${t.pendingId} is not null`),
    index("transfers_payment_idx").on(t.customerId, t.paymentId).where(sql`${t.paymentId} is not null`),
    index("transfers_invoice_idx").on(t.customerId, t.invoiceId).where(sql`${t.invoiceId} is not null`),
    index("transfers_charge_idx").on(t.customerId, t.chargeId).where(sql`${t.chargeId} is not null`),
    index("transfers_refund_idx").on(t.customerId, t.refundId).where(sql`${t.refundId} is not null`),
    index("transfers_dispute_idx").on(t.customerId, t.disputeId).where(sql`${t.disputeId} is not null`),
    // What a customer owes is asked each time money arrives: few have ever owed anything.
    index("transfers_debt_idx")
      .on(t.customerId, t.currency)
      .where(sql`${t.debit} = 'customer_debt' or ${t.credit} = 'customer_debt'`),
    index("transfers_bank_receipt_idx")
      .on(t.customerId, t.bankReceiptId)
      .where(sql`${t.bankReceiptId} is not null`),
    check("transfers_kind_check", sql`${t.kind} in ('posted', 'pending', 'post', 'void')`),
    check("transfers_accounts_check", sql`${t.debit} <> ${t.credit}`),
    check("transfers_debit_check", sql`${t.debit} in (${accountList})`),
    check("transfers_credit_check", sql`${t.credit} in (${accountList})`),
    check("transfers_amount_check", sql`${t.amountMinor} > 0`),
    check("transfers_pending_check", sql`(${t.kind} in ('post', 'void')) = (${t.pendingId} is not null)`),
    check("transfers_hold_check", sql`${t.kind} = 'posted' or ${t.debit} = 'customer_balance'`),
    check(
      "transfers_held_for_check",
      sql`${t.kind} = 'posted' or num_nonnulls(${t.invoiceId}, ${t.refundId}, ${t.disputeId}) = 1 and (${t.invoiceId} is null) = (${t.paymentId} is null)`,
    ),
    check("transfers_seq_check", sql`${t.seq} > 0`),
  ],
);

/**
 * Where the incremental check of the books stands: everything up to `seq` was found right. It refers to the customer
 * and not to the balance, which changes with every payment: under REPEATABLE READ the reference would fail each time.
 */
export const balanceChecks = pgTable(
  "balance_checks",
  {
    customerId: customerId(),
    currency: currency(),
    seq: bigint("seq", { mode: "bigint" }).notNull(),
    postedMinor: minor("posted_minor").notNull(),
    heldMinor: minor("held_minor").notNull(),
    checkedAt: instant("checked_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "balance_checks_pk", columns: [t.customerId, t.currency] }),
    foreignKey({
      name: "balance_checks_customer_fk",
      columns: [t.customerId],
      foreignColumns: [customers.id],
    }),
    check("balance_checks_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);
