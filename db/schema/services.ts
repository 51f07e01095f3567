import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { currency, customerId, id, instant } from "./columns";
import { customers } from "./customers";
import { invoiceLines, invoices } from "./invoices";
import { plans } from "./plans";

export const services = pgTable(
  "services",
  {
    customerId: customerId(),
    id: id(),
    planId: uuid("plan_id").notNull(),
    label: text("label").notNull(),
    state: text("state", { enum: ["pending", "active", "suspended", "terminated", "canceled"] }).notNull(),
    currency: currency(),
    isAutoRenew: boolean("is_auto_renew").notNull().default(true),
    anchorDay: integer("anchor_day"),
    expiresAt: instant("expires_at"),
    cancelRequestedAt: instant("cancel_requested_at"),
    /** Another plan that it has from the start of a term that is not paid yet. */
    nextPlanId: uuid("next_plan_id"),
    nextPlanAt: instant("next_plan_at"),
    suspendedAt: instant("suspended_at"),
    /** Staff hold its suspension off until then. */
    suspensionHoldUntil: instant("suspension_hold_until"),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "services_pk", columns: [t.customerId, t.id] }),
    foreignKey({ name: "services_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    foreignKey({ name: "services_plan_fk", columns: [t.planId], foreignColumns: [plans.id] }),
    foreignKey({ name: "services_next_plan_fk", columns: [t.nextPlanId], foreignColumns: [plans.id] }),
    index("services_plan_idx").on(t.planId),
    index("services_next_plan_idx").on(t.nextPlanId, t.nextPlanAt).where(sql`${t.nextPlanId} is not null`),
    index("services_expires_idx").on(t.customerId, t.expiresAt, t.id),
    /** Of all customers: what runs, for the renewal run and its preview, and all of them, for staff's list. */
    index("services_running_idx").on(t.expiresAt, t.id).where(sql`${t.state} in ('active', 'suspended')`),
    index("services_listed_idx").on(
      sql`coalesce(${t.expiresAt}, '9999-01-01 00:00:00+00'::timestamptz)`,
      t.id,
    ),
    check(
      "services_state_check",
      sql`${t.state} in ('pending', 'active', 'suspended', 'terminated', 'canceled')`,
    ),
    check(
      "services_expires_check",
      sql`${t.state} not in ('active', 'suspended') or ${t.expiresAt} is not null`,
    ),
    check("services_anchor_check", sql`${t.anchorDay} is null or ${t.anchorDay} between 1 and 31`),
    check("services_anchored_check", sql`(${t.expiresAt} is null) = (${t.anchorDay} is null)`),
    check("services_next_plan_check", sql`(${t.nextPlanId} is null) = (${t.nextPlanAt} is null)`),
    check("services_suspended_check", sql`(${t.state} = 'suspended') = (${t.suspendedAt} is not null)`),
    check("services_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);

/**
 * A paid half-open interval [startsAt, endsAt) of a service. `followsAt` is the end of the term before it: as a
 * foreign key with both ends unique it makes the terms of a service a chain, without overlap and without gap.
 */
export const terms = pgTable(
  "terms",
  {
    customerId: customerId(),
    id: id(),
    serviceId: uuid("service_id").notNull(),
    startsAt: instant("starts_at").notNull(),
    endsAt: instant("ends_at").notNull(),
    followsAt: instant("follows_at"),
    invoiceLineId: uuid("invoice_line_id").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "terms_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "terms_service_fk",
      columns: [t.customerId, t.serviceId],
      foreignColumns: [services.customerId, services.id],
    }),
    foreignKey({
      name: "terms_line_fk",
      columns: [t.customerId, t.invoiceLineId],
      foreignColumns: [invoiceLines.customerId, invoiceLines.id],
    }),
    uniqueIndex("terms_starts_key").on(t.customerId, t.serviceId, t.startsAt),
    unique("terms_ends_key").on(t.customerId, t.serviceId, t.endsAt),
    foreignKey({
      name: "terms_follows_fk",
      columns: [t.customerId, t.serviceId, t.followsAt],
      foreignColumns: [t.customerId, t.serviceId, t.endsAt],
    }),
    uniqueIndex("terms_line_key").on(t.customerId, t.invoiceLineId),
    check("terms_interval_check", sql`${t.startsAt} < ${t.endsAt}`),
    check("terms_follows_check", sql`${t.followsAt} is null or ${t.followsAt} = ${t.startsAt}`),
  ],
);

/** The next term of a service on its way, and the invoice that bills it now. */
export const renewals = pgTable(
  "renewals",
  {
    customerId: customerId(),
    id: id(),
    serviceId: uuid("service_id").notNull(),
    termStartsAt: instant("term_starts_at").notNull(),
    state: text("state", { enum: ["due", "invoiced", "paid", "declined", "lapsed"] }).notNull(),
    invoiceId: uuid("invoice_id"),
    /** Days that the customer gave themselves before this term's suspension, once. */
    ownGraceDays: integer("own_grace_days").notNull().default(0),
    /** Until when an open Checkout defers the suspension; once per term. */
    deferredUntil: instant("deferred_until"),
    /** The day on which its invoice was due when its customer declined it: put back by them, it keeps that day. */
    dueOn: date("due_on", { mode: "string" }).$type<CalendarDay>(),
    /** It was cancelled and not paid since: whatever by hand comes to nothing, it is declined again. */
    wasDeclined: boolean("was_declined").notNull().default(false),
  },
  (t) => [
    primaryKey({ name: "renewals_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "renewals_service_fk",
      columns: [t.customerId, t.serviceId],
      foreignColumns: [services.customerId, services.id],
    }),
    foreignKey({
      name: "renewals_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    uniqueIndex("renewals_term_key").on(t.customerId, t.serviceId, t.termStartsAt),
    index("renewals_invoice_idx").on(t.customerId, t.invoiceId).where(sql`${t.invoiceId} is not null`),
    check("renewals_grace_check", sql`${t.ownGraceDays} between 0 and 60`),
    check("renewals_state_check", sql`${t.state} in ('due', 'invoiced', 'paid', 'declined', 'lapsed')`),
    check(
      "renewals_invoice_check",
      sql`${t.state} not in ('invoiced', 'paid') or ${t.invoiceId} is not null`,
    ),
  ],
);
