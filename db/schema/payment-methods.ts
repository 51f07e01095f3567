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
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { customerId, id, instant } from "./columns";
import { customers } from "./customers";

/**
 * Cards that a customer saved at Stripe; we keep what a person knows their card by, never its number. A removed card
 * keeps its row, for the payments that were made with it, and never comes back: Stripe attaches no card twice.
 */
export const paymentMethods = pgTable(
  "payment_methods",
  {
    customerId: customerId(),
    id: id(),
    stripePaymentMethodId: text("stripe_payment_method_id").notNull(),
    /** The same for the same card, however often it was saved; null where Stripe has none. */
    fingerprint: text("fingerprint"),
    brand: text("brand").notNull(),
    last4: text("last4").notNull(),
    expMonth: integer("exp_month").notNull(),
    expYear: integer("exp_year").notNull(),
    isDefault: boolean("is_default").notNull(),
    createdAt: instant("created_at").notNull(),
    detachedAt: instant("detached_at"),
    /** The customer at Stripe with whom it was lost: where that one is there again, so is the card. */
    lostWithCustomer: text("lost_with_customer"),
  },
  (t) => [
    primaryKey({ name: "payment_methods_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "payment_methods_customer_fk",
      columns: [t.customerId],
      foreignColumns: [customers.id],
    }),
    uniqueIndex("payment_methods_stripe_key").on(t.customerId, t.stripePaymentMethodId),
    unique("payment_methods_is_default_key").on(t.customerId, t.id, t.isDefault),
    uniqueIndex("payment_methods_default_key").on(t.customerId).where(sql`${t.isDefault}`),
    index("payment_methods_attached_idx")
      .on(t.customerId, t.createdAt, t.id)
      .where(sql`${t.detachedAt} is null`),
    check("payment_methods_last4_check", sql`${t.last4} ~ '^[0-9]{4}$'`),
    check(
      "payment_methods_expiry_check",
      sql`${t.expMonth} between 1 and 12 and ${t.expYear} between 2000 and 2199`,
    ),
    check("payment_methods_lost_check", sql`${t.lostWithCustomer} is null or ${t.detachedAt} is not null`),
    check("payment_methods_detached_check", sql`${t.detachedAt} is null or not ${t.isDefault}`),
  ],
);
