import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { charges } from "./charges";
import { currency, customerId, id, instant, minor } from "./columns";

/**
 * A charge that its cardholder contests. An inquiry books nothing; once funds are withdrawn they are `disputed` until
 * it is won or lost.
 */
export const disputes = pgTable(
  "disputes",
  {
    customerId: customerId(),
    id: id(),
    chargeId: uuid("charge_id").notNull(),
    stripeDisputeId: text("stripe_dispute_id").notNull(),
    state: text("state", { enum: ["open", "won", "lost"] }).notNull(),
    isInquiry: boolean("is_inquiry").notNull(),
    currency: currency(),
    amountMinor: minor("amount_minor").notNull(),
    /** Stripe's own word for why, as `fraudulent`. */
    reason: text("reason").notNull(),
    evidenceDueAt: instant("evidence_due_at"),
    /** When funds were withdrawn first. */
    withdrawnAt: instant("withdrawn_at"),
    /** When all that was withdrawn had come back. */
    reinstatedAt: instant("reinstated_at"),
    /** What Stripe took for it, in the currency that settles in; nothing before funds are withdrawn. */
    feeMinor: minor("fee_minor"),
    feeCurrency: text("fee_currency"),
    /** Staff say that what is with the bank is lost, where Stripe's word alone does not decide it. */
    lossAgreedAt: instant("loss_agreed_at"),
    /** Since when Stripe has called it lost without anything being with the bank. */
    lostUnmovedAt: instant("lost_unmoved_at"),
    pollCount: integer("poll_count").notNull().default(0),
    nextPollAt: instant("next_poll_at"),
    createdAt: instant("created_at").notNull(),
    endedAt: instant("ended_at"),
  },
  (t) => [
    primaryKey({ name: "disputes_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "disputes_charge_fk",
      columns: [t.customerId, t.chargeId],
      foreignColumns: [charges.customerId, charges.id],
    }),
    uniqueIndex("disputes_stripe_key").on(t.customerId, t.stripeDisputeId),
    index("disputes_charge_idx").on(t.customerId, t.chargeId),
    index("disputes_poll_idx").on(t.nextPollAt).where(sql`${t.nextPollAt} is not null`),
    check("disputes_state_check", sql`${t.state} in ('open', 'won', 'lost')`),
    check("disputes_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check("disputes_amount_check", sql`${t.amountMinor} > 0`),
    check("disputes_inquiry_check", sql`not ${t.isInquiry} or ${t.withdrawnAt} is null`),
    check("disputes_fee_check", sql`(${t.feeMinor} is null) = (${t.feeCurrency} is null)`),
    check("disputes_reinstated_check", sql`${t.reinstatedAt} is null or ${t.withdrawnAt} is not null`),
    check("disputes_ended_check", sql`(${t.state} <> 'open') = (${t.endedAt} is not null)`),
    check("disputes_polled_check", sql`${t.state} <> 'open' or ${t.nextPollAt} is not null`),
  ],
);

/**
 * What moved for a dispute on the host's balance at Stripe, each booked once: taken in one step or several, given back in
 * whole or in part, or a fee. Rows are only ever added.
 */
export const disputeMovements = pgTable(
  "dispute_movements",
  {
    customerId: customerId(),
    stripeBalanceTransactionId: text("stripe_balance_transaction_id").notNull(),
    disputeId: uuid("dispute_id").notNull(),
    /** Of the dispute, in its currency: what went out is negative. Nothing, where it is a fee or a difference of conversion. */
    amountMinor: minor("amount_minor").notNull(),
    /** The same in the currency that settles in. */
    settledMinor: minor("settled_minor").notNull(),
    settledCurrency: text("settled_currency").notNull(),
    feeMinor: minor("fee_minor").notNull(),
    bookedAt: instant("booked_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "dispute_movements_pk", columns: [t.customerId, t.stripeBalanceTransactionId] }),
    foreignKey({
      name: "dispute_movements_dispute_fk",
      columns: [t.customerId, t.disputeId],
      foreignColumns: [disputes.customerId, disputes.id],
    }),
    index("dispute_movements_dispute_idx").on(t.customerId, t.disputeId),
    check(
      "dispute_movements_sign_check",
      sql`${t.amountMinor} = 0 or (${t.amountMinor} > 0) = (${t.settledMinor} > 0) and ${t.settledMinor} <> 0`,
    ),
  ],
);
