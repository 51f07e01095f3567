import { sql } from "drizzle-orm";
import { check, foreignKey, integer, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { customerId, instant } from "./columns";
import { invoices } from "./invoices";

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
