import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { currency, customerId, id, instant, minor } from "./columns";
import { payments } from "./payments";

/** Money that Stripe took, booked exactly once whichever payment's state it finds. */
export const charges = pgTable(
  "charges",
  {
    customerId: customerId(),
    id: id(),
    paymentId: uuid("payment_id").notNull(),
    stripeChargeId: text("stripe_charge_id").notNull(),
    currency: currency(),
    amountMinor: minor("amount_minor").notNull(),
    stripeBalanceTransactionId: text("stripe_balance_transaction_id"),
    feeMinor: minor("fee_minor"),
    feeCurrency: text("fee_currency"),
    /** Stripe's own word for how it was paid, as `card` or `sepa_debit`; null where Stripe did not say. */
    methodType: text("method_type"),
    nextPollAt: instant("next_poll_at"),
    bookedAt: instant("booked_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "charges_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "charges_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    uniqueIndex("charges_stripe_key").on(t.customerId, t.stripeChargeId),
    index("charges_payment_idx").on(t.customerId, t.paymentId),
    index("charges_poll_idx").on(t.nextPollAt).where(sql`${t.nextPollAt} is not null`),
    check("charges_amount_check", sql`${t.amountMinor} > 0`),
    check(
      "charges_fee_check",
      sql`(${t.feeMinor} is null) = (${t.feeCurrency} is null) and (${t.feeMinor} is null) = (${t.stripeBalanceTransactionId} is null)`,
    ),
    check("charges_polled_check", sql`(${t.feeMinor} is null) = (${t.nextPollAt} is not null)`),
  ],
);
