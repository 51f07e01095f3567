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
    address: text("address"),
    taxId: text("tax_id"),
    invoiceRecipients: text("invoice_recipients").array().notNull().default([]),
    stripeCustomerId: text("stripe_customer_id"),
    /** How many of theirs Stripe no longer has: each is made anew under a key of its own. */
    stripeCustomersLost: integer("stripe_customers_lost").notNull().default(0),
    /** What Stripe was told last; where it differs, the worker tells it. */
    stripeName: text("stripe_name"),
    stripeEmail: text("stripe_email"),
    /** Not before; after a failure. */
    stripeUpdateAt: instant("stripe_update_at"),
    isHouse: boolean("is_house").notNull().default(false),
    createdAt: instant("created_at").notNull(),
    closedAt: instant("closed_at"),
  },
  (t) => [
    primaryKey({ name: "customers_pk", columns: [t.id] }),
    index("customers_reference_idx").on(t.reference),
    index("customers_email_idx").on(t.email),
    index("customers_stripe_stale_idx")
      .on(t.id)
      .where(
        sql`${t.stripeCustomerId} is not null and (${t.name} is distinct from ${t.stripeName} or ${t.email} is distinct from ${t.stripeEmail})`,
      ),
    check("customers_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check("customers_country_check", sql`${t.country} ~ '^[A-Z]{2}$'`),
    check("customers_name_check", sql`length(${t.name}) between 1 and 200`),
    check("customers_address_check", sql`length(${t.address}) between 1 and 500`),
    check("customers_tax_id_check", sql`length(${t.taxId}) between 1 and 40`),
    check("customers_invoice_recipients_check", sql`cardinality(${t.invoiceRecipients}) <= 10`),
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

/** Asks somebody to become a member. The secret of the link in its mail is not stored, only its SHA-256. */
export const invitations = pgTable(
  "invitations",
  {
    customerId: customerId(),
    id: uuid("id").notNull(),
    email: text("email").notNull(),
    role: text("role", { enum: ["owner", "billing", "viewer"] }).notNull(),
    tokenHash: text("token_hash").notNull(),
    userId: uuid("user_id").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    acceptedAt: instant("accepted_at"),
    withdrawnAt: instant("withdrawn_at"),
  },
  (t) => [
    primaryKey({ name: "invitations_pk", columns: [t.customerId, t.id] }),
    foreignKey({ name: "invitations_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    foreignKey({ name: "invitations_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("invitations_user_idx").on(t.userId),
    uniqueIndex("invitations_token_key").on(t.customerId, t.tokenHash),
    // One that was neither accepted nor withdrawn for each address, so that two clicks invite once.
    uniqueIndex("invitations_open_key")
      .on(t.customerId, t.email)
      .where(sql`${t.acceptedAt} is null and ${t.withdrawnAt} is null`),
    check(
      "invitations_email_check",
      sql`${t.email} = lower(${t.email}) and length(${t.email}) between 3 and 254`,
    ),
    check("invitations_role_check", sql`${t.role} in ('owner', 'billing', 'viewer')`),
    check("invitations_end_check", sql`${t.acceptedAt} is null or ${t.withdrawnAt} is null`),
  ],
);
