import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { transfers } from "./balances";
import { currency, customerId, id, instant, minor } from "./columns";
import { customers } from "./customers";
import { invoices } from "./invoices";
import { paymentMethods } from "./payment-methods";
import { users } from "./users";

export const paymentStates = [
  "created",
  "sent",
  "requires_action",
  "processing",
  "unknown",
  "succeeded",
  "failed",
  "canceled",
  "expired",
] as const;

/** One intent to settle invoices of one currency, or to top up. `openPayment` states are all before the last four. */
export const payments = pgTable(
  "payments",
  {
    customerId: customerId(),
    id: id(),
    kind: text("kind", { enum: ["invoices", "top_up"] }).notNull(),
    funding: text("funding", { enum: ["card", "balance", "combined", "bank"] }).notNull(),
    origin: text("origin", { enum: ["customer", "link", "staff", "auto"] }).notNull(),
    state: text("state", { enum: paymentStates }).notNull(),
    currency: currency(),
    balanceMinor: minor("balance_minor").notNull(),
    cardMinor: minor("card_minor").notNull(),
    bankMinor: minor("bank_minor").notNull().default(sql`0`),
    excessMinor: minor("excess_minor").notNull().default(sql`0`),
    contentHash: text("content_hash").notNull(),
    requestKey: text("request_key"),
    request: jsonb("request"),
    userId: uuid("user_id"),
    /** The payment whose money this one spends: a top-up, or one that left something over, that settled what waited. */
    sourcePaymentId: uuid("source_payment_id"),
    /** The saved card that a PaymentIntent charges; null for a hosted page, where the customer chooses. */
    paymentMethodId: uuid("payment_method_id"),
    stripeSessionId: text("stripe_session_id"),
    stripePaymentIntentId: text("stripe_payment_intent_id"),
    checkoutUrl: text("checkout_url"),
    failureCode: text("failure_code"),
    /** Why its card was declined, as `Decline` in lib/gateway/port.ts: kept before its intent is canceled. */
    decline: jsonb("decline"),
    sendCount: integer("send_count").notNull().default(0),
    firstSentAt: instant("first_sent_at"),
    expiresAt: instant("expires_at"),
    pollCount: integer("poll_count").notNull().default(0),
    /** Looks in a row that ended in a fault of ours. */
    pollFaults: integer("poll_faults").notNull().default(0),
    nextPollAt: instant("next_poll_at"),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (t) => [
    primaryKey({ name: "payments_pk", columns: [t.customerId, t.id] }),
    foreignKey({ name: "payments_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    foreignKey({ name: "payments_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("payments_created_idx").on(t.customerId, t.createdAt, t.id),
    /** Of all customers, for staff. */
    index("payments_all_created_idx").on(t.createdAt, t.id),
    foreignKey({
      name: "payments_source_fk",
      columns: [t.customerId, t.sourcePaymentId],
      foreignColumns: [t.customerId, t.id],
    }),
    index("payments_source_idx")
      .on(t.customerId, t.sourcePaymentId)
      .where(sql`${t.sourcePaymentId} is not null`),
    foreignKey({
      name: "payments_method_fk",
      columns: [t.customerId, t.paymentMethodId],
      foreignColumns: [paymentMethods.customerId, paymentMethods.id],
    }),
    index("payments_method_idx")
      .on(t.customerId, t.paymentMethodId)
      .where(sql`${t.paymentMethodId} is not null`),
    index("payments_id_idx").on(t.id),
    index("payments_poll_idx").on(t.nextPollAt).where(sql`${t.nextPollAt} is not null`),
    index("payments_open_idx")
      .on(t.customerId, t.id)
      .where(sql`${t.state} in ('created', 'sent', 'requires_action', 'processing', 'unknown')`),
    index("payments_user_idx").on(t.userId).where(sql`${t.userId} is not null`),
    check(
      "payments_state_check",
      sql`${t.state} in (${sql.raw(paymentStates.map((s) => `'${s}'`).join(", "))})`,
    ),
    check("payments_kind_check", sql`${t.kind} in ('invoices', 'top_up')`),
    check("payments_origin_check", sql`${t.origin} in ('customer', 'link', 'staff', 'auto')`),
    check("payments_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check(
      "payments_funding_check",
      sql`case ${t.funding}
        when 'balance' then ${t.cardMinor} = 0 and ${t.balanceMinor} > 0 and ${t.bankMinor} = 0
        when 'card' then ${t.cardMinor} > 0 and ${t.balanceMinor} = 0 and ${t.bankMinor} = 0
        when 'bank' then ${t.cardMinor} = 0 and ${t.balanceMinor} = 0 and ${t.bankMinor} > 0
        else ${t.funding} = 'combined' and ${t.cardMinor} > 0 and ${t.balanceMinor} > 0 and ${t.bankMinor} = 0 end`,
    ),
    check(
      "payments_excess_check",
      sql`${t.excessMinor} >= 0 and ${t.excessMinor} <= ${t.cardMinor} + ${t.bankMinor}`,
    ),
    check(
      "payments_request_check",
      sql`(${t.cardMinor} > 0) = (${t.request} is not null and ${t.requestKey} is not null)`,
    ),
    check("payments_method_check", sql`${t.paymentMethodId} is null or ${t.cardMinor} > 0`),
    check(
      "payments_ended_check",
      sql`(${t.state} in ('succeeded', 'failed', 'canceled', 'expired')) = (${t.endedAt} is not null)`,
    ),
    check(
      "payments_polled_check",
      sql`${t.state} in ('succeeded', 'failed', 'canceled', 'expired') or ${t.nextPollAt} is not null`,
    ),
  ],
);

/**
 * What a payment plans for one invoice. Never changed. A top-up plans nothing for an invoice; its share of nothing names
 * the invoice from which it was begun, which it settles first.
 */
export const paymentShares = pgTable(
  "payment_shares",
  {
    customerId: customerId(),
    paymentId: uuid("payment_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    balanceMinor: minor("balance_minor").notNull(),
    cardMinor: minor("card_minor").notNull(),
    bankMinor: minor("bank_minor").notNull().default(sql`0`),
  },
  (t) => [
    primaryKey({ name: "payment_shares_pk", columns: [t.customerId, t.paymentId, t.invoiceId] }),
    foreignKey({
      name: "payment_shares_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    foreignKey({
      name: "payment_shares_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    index("payment_shares_invoice_idx").on(t.customerId, t.invoiceId),
    check(
      "payment_shares_amount_check",
      sql`${t.balanceMinor} >= 0 and ${t.cardMinor} >= 0 and ${t.bankMinor} >= 0`,
    ),
  ],
);

/** The one open external payment that an invoice may have. */
export const invoiceClaims = pgTable(
  "invoice_claims",
  {
    customerId: customerId(),
    invoiceId: uuid("invoice_id").notNull(),
    paymentId: uuid("payment_id").notNull(),
    isIssuedForIt: boolean("is_issued_for_it").notNull().default(false),
  },
  (t) => [
    primaryKey({ name: "invoice_claims_pk", columns: [t.customerId, t.invoiceId] }),
    foreignKey({
      name: "invoice_claims_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    foreignKey({
      name: "invoice_claims_share_fk",
      columns: [t.customerId, t.paymentId, t.invoiceId],
      foreignColumns: [paymentShares.customerId, paymentShares.paymentId, paymentShares.invoiceId],
    }),
    index("invoice_claims_payment_idx").on(t.customerId, t.paymentId, t.invoiceId),
  ],
);

/** The part of a payment that went to one invoice; money taken back is a row of its own with the sign turned. */
export const allocations = pgTable(
  "allocations",
  {
    customerId: customerId(),
    id: id(),
    paymentId: uuid("payment_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    transferId: uuid("transfer_id").notNull(),
    source: text("source", { enum: ["balance", "card", "bank"] }).notNull(),
    amountMinor: minor("amount_minor").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "allocations_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "allocations_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    foreignKey({
      name: "allocations_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    foreignKey({
      name: "allocations_transfer_fk",
      columns: [t.customerId, t.transferId],
      foreignColumns: [transfers.customerId, transfers.id],
    }),
    uniqueIndex("allocations_transfer_key").on(t.customerId, t.transferId),
    index("allocations_payment_idx").on(t.customerId, t.paymentId),
    index("allocations_invoice_idx").on(t.customerId, t.invoiceId),
    check("allocations_amount_check", sql`${t.amountMinor} <> 0`),
    check("allocations_source_check", sql`${t.source} in ('balance', 'card', 'bank')`),
  ],
);
