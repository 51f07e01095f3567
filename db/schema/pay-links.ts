import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { outbox } from "./activities";
import { currency, customerId, id, instant } from "./columns";
import { invoices } from "./invoices";
import { users } from "./users";

/**
 * Of an invoice whose pay links were revoked: which generation of them works now. A link is signed and not stored, so
 * an invoice without a row here has links too, of generation 0.
 */
export const payLinks = pgTable(
  "pay_links",
  {
    customerId: customerId(),
    invoiceId: uuid("invoice_id").notNull(),
    generation: integer("generation").notNull(),
    revokedAt: instant("revoked_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "pay_links_pk", columns: [t.customerId, t.invoiceId] }),
    foreignKey({
      name: "pay_links_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    // Two bytes of the link.
    check("pay_links_generation_check", sql`${t.generation} between 1 and 65535`),
  ],
);

/**
 * The link behind the button of one mail: it pays what the mail named in a currency. Signed as every pay link is; here is
 * what it stands for. With a user it may pay from the balance, as long as that user may; without one it was a copy's.
 */
export const mailedPayLinks = pgTable(
  "mailed_pay_links",
  {
    customerId: customerId(),
    id: id(),
    outboxId: uuid("outbox_id").notNull(),
    currency: currency(),
    userId: uuid("user_id"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "mailed_pay_links_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "mailed_pay_links_outbox_fk",
      columns: [t.customerId, t.outboxId],
      foreignColumns: [outbox.customerId, outbox.id],
    }),
    foreignKey({ name: "mailed_pay_links_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("mailed_pay_links_user_idx").on(t.userId).where(sql`${t.userId} is not null`),
    index("mailed_pay_links_outbox_idx").on(t.customerId, t.outboxId),
    check("mailed_pay_links_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);

/** An invoice that a mailed link pays, and which generation of its links worked when it was mailed. */
export const mailedPayLinkInvoices = pgTable(
  "mailed_pay_link_invoices",
  {
    customerId: customerId(),
    linkId: uuid("link_id").notNull(),
    invoiceId: uuid("invoice_id").notNull(),
    generation: integer("generation").notNull(),
  },
  (t) => [
    primaryKey({ name: "mailed_pay_link_invoices_pk", columns: [t.customerId, t.linkId, t.invoiceId] }),
    foreignKey({
      name: "mailed_pay_link_invoices_link_fk",
      columns: [t.customerId, t.linkId],
      foreignColumns: [mailedPayLinks.customerId, mailedPayLinks.id],
    }),
    foreignKey({
      name: "mailed_pay_link_invoices_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    index("mailed_pay_link_invoices_invoice_idx").on(t.customerId, t.invoiceId),
    check("mailed_pay_link_invoices_generation_check", sql`${t.generation} between 0 and 65535`),
  ],
);
