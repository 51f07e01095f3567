import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, primaryKey, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { customerId, id, instant } from "./columns";
import { payments } from "./payments";
import { users } from "./users";

/**
 * What staff say became of a payment that Stripe and the books tell differently: one of them proposes, another confirms.
 * An open proposal is changed once, when it is decided.
 */
export const paymentRulings = pgTable(
  "payment_rulings",
  {
    customerId: customerId(),
    id: id(),
    paymentId: uuid("payment_id").notNull(),
    /** `ended`: it came to nothing. `object`: this is what paid it. */
    ruling: text("ruling", { enum: ["ended", "object"] }).notNull(),
    /** The page or charge at Stripe that was chosen. */
    stripeId: text("stripe_id"),
    reason: text("reason").notNull(),
    proposedBy: uuid("proposed_by").notNull(),
    proposedAt: instant("proposed_at").notNull(),
    decision: text("decision", { enum: ["confirmed", "withdrawn"] }),
    decidedBy: uuid("decided_by"),
    decidedAt: instant("decided_at"),
  },
  (t) => [
    primaryKey({ name: "payment_rulings_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "payment_rulings_payment_fk",
      columns: [t.customerId, t.paymentId],
      foreignColumns: [payments.customerId, payments.id],
    }),
    foreignKey({ name: "payment_rulings_proposed_fk", columns: [t.proposedBy], foreignColumns: [users.id] }),
    foreignKey({ name: "payment_rulings_decided_fk", columns: [t.decidedBy], foreignColumns: [users.id] }),
    index("payment_rulings_payment_idx").on(t.customerId, t.paymentId),
    index("payment_rulings_proposed_idx").on(t.proposedBy),
    index("payment_rulings_decided_idx").on(t.decidedBy).where(sql`${t.decidedBy} is not null`),
    uniqueIndex("payment_rulings_open_key").on(t.customerId, t.paymentId).where(sql`${t.decidedAt} is null`),
    check("payment_rulings_ruling_check", sql`${t.ruling} in ('ended', 'object')`),
    check("payment_rulings_object_check", sql`(${t.ruling} = 'object') = (${t.stripeId} is not null)`),
    check("payment_rulings_decision_check", sql`${t.decision} in ('confirmed', 'withdrawn')`),
    check(
      "payment_rulings_decided_check",
      sql`(${t.decision} is null) = (${t.decidedBy} is null) and (${t.decision} is null) = (${t.decidedAt} is null)`,
    ),
    // The second person: the one condition that no code may forget.
    check(
      "payment_rulings_two_check",
      sql`${t.decision} is distinct from 'confirmed' or ${t.decidedBy} <> ${t.proposedBy}`,
    ),
  ],
);
