import { sql } from "drizzle-orm";
import {
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
import { charges } from "./charges";
import { currency, customerId, id, instant, minor } from "./columns";
import { users } from "./users";

export const refundStates = ["created", "sent", "pending", "unknown", "succeeded", "failed"] as const;

/**
 * Money of a charge on its way back to the card; booked when Stripe has created it. One of staff holds the balance
 * until then; one of Stripe's dashboard was never sent by us. Open states are all before the last two.
 */
export const refunds = pgTable(
  "refunds",
  {
    customerId: customerId(),
    id: id(),
    chargeId: uuid("charge_id").notNull(),
    origin: text("origin", { enum: ["staff", "dashboard"] }).notNull(),
    state: text("state", { enum: refundStates }).notNull(),
    currency: currency(),
    amountMinor: minor("amount_minor").notNull(),
    note: text("note"),
    userId: uuid("user_id"),
    requestKey: text("request_key"),
    request: jsonb("request"),
    stripeRefundId: text("stripe_refund_id"),
    /** What the refund took of the host's money at Stripe, in the currency that settles in; known once Stripe says it. */
    stripeBalanceTransactionId: text("stripe_balance_transaction_id"),
    settledMinor: minor("settled_minor"),
    settledCurrency: text("settled_currency"),
    failureCode: text("failure_code"),
    /** Stripe's own word for why it is pending, as it said last. */
    pendingReason: text("pending_reason"),
    /** When the customer was told that it is on its way: not before Stripe has sent it. */
    toldAt: instant("told_at"),
    sendCount: integer("send_count").notNull().default(0),
    firstSentAt: instant("first_sent_at"),
    pollCount: integer("poll_count").notNull().default(0),
    nextPollAt: instant("next_poll_at"),
    createdAt: instant("created_at").notNull(),
    /** When Stripe was found to have created it, and the ledger took it. */
    bookedAt: instant("booked_at"),
    endedAt: instant("ended_at"),
  },
  (t) => [
    primaryKey({ name: "refunds_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "refunds_charge_fk",
      columns: [t.customerId, t.chargeId],
      foreignColumns: [charges.customerId, charges.id],
    }),
    foreignKey({ name: "refunds_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    uniqueIndex("refunds_stripe_key")
      .on(t.customerId, t.stripeRefundId)
      .where(sql`${t.stripeRefundId} is not null`),
    index("refunds_charge_idx").on(t.customerId, t.chargeId),
    index("refunds_user_idx").on(t.userId).where(sql`${t.userId} is not null`),
    index("refunds_poll_idx").on(t.nextPollAt).where(sql`${t.nextPollAt} is not null`),
    check(
      "refunds_state_check",
      sql`${t.state} in (${sql.raw(refundStates.map((s) => `'${s}'`).join(", "))})`,
    ),
    check("refunds_origin_check", sql`${t.origin} in ('staff', 'dashboard')`),
    check("refunds_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check("refunds_amount_check", sql`${t.amountMinor} > 0`),
    check(
      "refunds_request_check",
      sql`case ${t.origin}
        when 'staff' then ${t.request} is not null and ${t.requestKey} is not null and ${t.userId} is not null and ${t.note} is not null
        else ${t.request} is null and ${t.requestKey} is null and ${t.stripeRefundId} is not null end`,
    ),
    check(
      "refunds_settled_check",
      sql`num_nulls(${t.stripeBalanceTransactionId}, ${t.settledMinor}, ${t.settledCurrency}) in (0, 3) and (${t.settledMinor} is null or ${t.bookedAt} is not null)`,
    ),
    check("refunds_booked_check", sql`${t.bookedAt} is null or ${t.stripeRefundId} is not null`),
    check("refunds_succeeded_check", sql`${t.state} <> 'succeeded' or ${t.bookedAt} is not null`),
    check("refunds_ended_check", sql`(${t.state} in ('succeeded', 'failed')) = (${t.endedAt} is not null)`),
    check("refunds_polled_check", sql`${t.state} in ('succeeded', 'failed') or ${t.nextPollAt} is not null`),
  ],
);
