import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { currency, customerId, id, instant, minor } from "./columns";
import { paymentMethods } from "./payment-methods";
import { payments } from "./payments";
import { users } from "./users";

/**
 * What a customer agreed to when they let a card be kept, or be charged while they are away: evidence, should a charge be
 * disputed.
 * Rows are only added.
 */
export const chargeConsents = pgTable(
  "charge_consents",
  {
    customerId: customerId(),
    id: id(),
    /** Null where a card is only to be kept: which one it is nobody knows before Stripe's page. */
    paymentMethodId: uuid("payment_method_id"),
    /** The payment on whose page the card is kept; null where nothing is paid. */
    paymentId: uuid("payment_id"),
    /** Which wording they were shown (lib/billing/auto-pay/charge-consent.ts). */
    textVersion: text("text_version").notNull(),
    purposes: text("purposes").array().notNull(),
    /** The most in a calendar month, where that was agreed. Minor units. */
    capMinor: minor("cap_minor"),
    currency: currency(),
    userId: uuid("user_id").notNull(),
    /** The network address that they agreed from; null where it is not known. */
    address: text("address"),
    agreedAt: instant("agreed_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "charge_consents_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "charge_consents_method_fk",
      columns: [t.customerId, t.paymentMethodId],
      foreignColumns: [paymentMethods.customerId, paymentMethods.id],
    }),
    foreignKey({
      name: "charge_consents_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    foreignKey({ name: "charge_consents_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("charge_consents_method_idx").on(t.customerId, t.paymentMethodId),
    index("charge_consents_payment_idx").on(t.customerId, t.paymentId),
    index("charge_consents_user_idx").on(t.userId),
    check(
      "charge_consents_purposes_check",
      sql`cardinality(${t.purposes}) > 0 and ${t.purposes} <@ array['renewals', 'usage', 'top_up', 'card_on_file']`,
    ),
    check(
      "charge_consents_card_check",
      sql`(${t.purposes} = array['card_on_file']) = (${t.paymentMethodId} is null)`,
    ),
    check("charge_consents_cap_check", sql`${t.capMinor} > 0`),
    check("charge_consents_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);
