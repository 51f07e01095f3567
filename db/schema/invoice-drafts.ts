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
  uuid,
} from "drizzle-orm/pg-core";
import { currency, customerId, id, instant } from "./columns";
import { customers } from "./customers";
import { users } from "./users";

/**
 * An invoice by hand before its issue, which copies it to an invoice of the same id. Whoever changes or issues it names
 * the version they saw.
 */
export const invoiceDrafts = pgTable(
  "invoice_drafts",
  {
    customerId: customerId(),
    id: id(),
    version: integer("version").notNull().default(1),
    currency: currency(),
    dueDays: integer("due_days").notNull(),
    note: text("note").notNull().default(""),
    /** Objects of description, quantity, unitMinor (a text) and taxRatePpm. */
    lines: jsonb("lines").notNull(),
    userId: uuid("user_id").notNull(),
    createdAt: instant("created_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "invoice_drafts_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "invoice_drafts_customer_fk",
      columns: [t.customerId],
      foreignColumns: [customers.id],
    }),
    foreignKey({ name: "invoice_drafts_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("invoice_drafts_user_idx").on(t.userId),
    check("invoice_drafts_version_check", sql`${t.version} > 0`),
    check("invoice_drafts_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check("invoice_drafts_due_check", sql`${t.dueDays} between 0 and 365`),
    check("invoice_drafts_note_check", sql`length(${t.note}) <= 1000`),
  ],
);
