import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { currency, customerId, id, instant, minor } from "./columns";
import { invoices } from "./invoices";
import { plans } from "./plans";
import { services, terms } from "./services";
import { users } from "./users";

/**
 * A change of plan at once, for one paid term of the service: what its rest was credited and charged, net, and what the
 * whole term costs from then on, which the next change of it starts from. Rows are only added.
 */
export const planChanges = pgTable(
  "plan_changes",
  {
    customerId: customerId(),
    id: id(),
    serviceId: uuid("service_id").notNull(),
    termId: uuid("term_id").notNull(),
    fromPlanId: uuid("from_plan_id").notNull(),
    toPlanId: uuid("to_plan_id").notNull(),
    currency: currency(),
    /** Net, of the whole term, before and after. */
    oldNetMinor: minor("old_net_minor").notNull(),
    newNetMinor: minor("new_net_minor").notNull(),
    remainingDays: integer("remaining_days").notNull(),
    termDays: integer("term_days").notNull(),
    creditedMinor: minor("credited_minor").notNull(),
    chargedMinor: minor("charged_minor").notNull(),
    /** What bills it: a positive sum, or all of it where the rate of tax is another one. The rest has its credit notes. */
    invoiceId: uuid("invoice_id"),
    userId: uuid("user_id").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "plan_changes_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "plan_changes_service_fk",
      columns: [t.customerId, t.serviceId],
      foreignColumns: [services.customerId, services.id],
    }),
    foreignKey({
      name: "plan_changes_term_fk",
      columns: [t.customerId, t.termId],
      foreignColumns: [terms.customerId, terms.id],
    }),
    foreignKey({
      name: "plan_changes_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    foreignKey({ name: "plan_changes_from_fk", columns: [t.fromPlanId], foreignColumns: [plans.id] }),
    foreignKey({ name: "plan_changes_to_fk", columns: [t.toPlanId], foreignColumns: [plans.id] }),
    foreignKey({ name: "plan_changes_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("plan_changes_service_idx").on(t.customerId, t.serviceId, t.id),
    index("plan_changes_term_idx").on(t.customerId, t.termId, t.id),
    index("plan_changes_invoice_idx").on(t.customerId, t.invoiceId).where(sql`${t.invoiceId} is not null`),
    index("plan_changes_from_idx").on(t.fromPlanId),
    index("plan_changes_to_idx").on(t.toPlanId),
    index("plan_changes_user_idx").on(t.userId),
    check("plan_changes_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check(
      "plan_changes_amount_check",
      sql`${t.oldNetMinor} >= 0 and ${t.newNetMinor} >= 0 and ${t.creditedMinor} between 0 and ${t.oldNetMinor} and ${t.chargedMinor} between 0 and ${t.newNetMinor}`,
    ),
    check(
      "plan_changes_days_check",
      sql`0 <= ${t.remainingDays} and ${t.remainingDays} <= ${t.termDays} and ${t.termDays} > 0`,
    ),
    check("plan_changes_plan_check", sql`${t.fromPlanId} <> ${t.toPlanId}`),
  ],
);
