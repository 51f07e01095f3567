import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { currency, customerId, instant } from "./columns";
import { users } from "./users";

/** Who is billed. Its own id is the customer id of every other table. */
export const customers = pgTable(
  "customers",
  {
    id: uuid("id").notNull(),
    reference: text("reference").notNull(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    country: text("country").notNull(),
    currency: currency(),
    locale: text("locale").notNull().default("en"),
    stripeCustomerId: text("stripe_customer_id"),
    isHouse: boolean("is_house").notNull().default(false),
    createdAt: instant("created_at").notNull(),
    closedAt: instant("closed_at"),
  },
  (t) => [
    primaryKey({ name: "customers_pk", columns: [t.id] }),
    index("customers_reference_idx").on(t.reference),
    index("customers_email_idx").on(t.email),
    check("customers_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check("customers_country_check", sql`${t.country} ~ '^[A-Z]{2}$'`),
    check("customers_name_check", sql`length(${t.name}) between 1 and 200`),
  ],
);

/** Ties a user to a customer with a role. */
export const memberships = pgTable(
  "memberships",
  {
    customerId: customerId(),
    userId: uuid("user_id").notNull(),
    role: text("role", { enum: ["owner", "billing", "viewer"] }).notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "memberships_pk", columns: [t.customerId, t.userId] }),
    foreignKey({ name: "memberships_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    foreignKey({ name: "memberships_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("memberships_user_idx").on(t.userId),
    check("memberships_role_check", sql`${t.role} in ('owner', 'billing', 'viewer')`),
  ],
);
