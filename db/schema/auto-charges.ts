import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { currency, customerId, instant, minor } from "./columns";
import { customers } from "./customers";
import { paymentMethods } from "./payment-methods";
import { users } from "./users";

/**
 * The saved card that may be charged while its customer is away, and for what: Autopay and auto top-up are off until
 * they are turned on. A hard decline stops both until there is another card (domain.md, Renewing). Unless stopped, it is
 * the customer's default card: a foreign key holds them together at commit.
 */
export const autoCharges = pgTable(
  "auto_charges",
  {
    customerId: customerId(),
    paymentMethodId: uuid("payment_method_id").notNull(),
    paysInvoices: boolean("pays_invoices").notNull(),
    stoppedAt: instant("stopped_at"),
    /** Stripe's word for the hard decline, `card_removed`, or `disputed`. */
    stoppedCode: text("stopped_code"),
    /** True unless stopped; what the foreign key compares with the card's `is_default`. */
    chargesDefault: boolean("charges_default").generatedAlwaysAs(
      sql`case when stopped_at is null then true end`,
    ),
    userId: uuid("user_id").notNull(),
    changedAt: instant("changed_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "auto_charges_pk", columns: [t.customerId] }),
    foreignKey({ name: "auto_charges_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    foreignKey({
      name: "auto_charges_method_fk",
      columns: [t.customerId, t.paymentMethodId],
      foreignColumns: [paymentMethods.customerId, paymentMethods.id],
    }),
    foreignKey({
      name: "auto_charges_default_fk",
      columns: [t.customerId, t.paymentMethodId, t.chargesDefault],
      foreignColumns: [paymentMethods.customerId, paymentMethods.id, paymentMethods.isDefault],
    }),
    foreignKey({ name: "auto_charges_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("auto_charges_method_idx").on(t.customerId, t.paymentMethodId, t.chargesDefault),
    index("auto_charges_user_idx").on(t.userId),
    check("auto_charges_stopped_check", sql`(${t.stoppedAt} is null) = (${t.stoppedCode} is null)`),
  ],
);

/** What a customer lets be topped up by itself, in a currency: when, how much, and how much at most in a calendar month. */
export const autoTopUps = pgTable(
  "auto_top_ups",
  {
    customerId: customerId(),
    currency: currency(),
    isOn: boolean("is_on").notNull(),
    /** A balance below this is topped up; what is held of it counts. */
    thresholdMinor: minor("threshold_minor").notNull(),
    amountMinor: minor("amount_minor").notNull(),
    monthlyCapMinor: minor("monthly_cap_minor").notNull(),
    userId: uuid("user_id").notNull(),
    changedAt: instant("changed_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "auto_top_ups_pk", columns: [t.customerId, t.currency] }),
    foreignKey({ name: "auto_top_ups_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    foreignKey({ name: "auto_top_ups_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("auto_top_ups_user_idx").on(t.userId),
    check("auto_top_ups_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check(
      "auto_top_ups_amounts_check",
      sql`${t.thresholdMinor} >= 0 and ${t.amountMinor} > 0 and ${t.monthlyCapMinor} >= ${t.amountMinor}`,
    ),
  ],
);
