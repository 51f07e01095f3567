import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { currency, customerId, id, instant, minor } from "./columns";
import { customers } from "./customers";
import { plans } from "./plans";
import { renewals, services } from "./services";
import { users } from "./users";

/** Immutable once written, but for state, number, what was paid and credited, and when it was paid. */
export const invoices = pgTable(
  "invoices",
  {
    customerId: customerId(),
    id: id(),
    number: text("number"),
    origin: text("origin", { enum: ["order", "renewal", "manual"] }).notNull(),
    state: text("state", { enum: ["open", "paid", "void", "written_off"] }).notNull(),
    currency: currency(),
    netMinor: minor("net_minor").notNull(),
    taxMinor: minor("tax_minor").notNull(),
    totalMinor: minor("total_minor").notNull(),
    amountPaidMinor: minor("amount_paid_minor").notNull().default(sql`0`),
    amountCreditedMinor: minor("amount_credited_minor").notNull().default(sql`0`),
    billTo: jsonb("bill_to").notNull(),
    summary: text("summary").notNull(),
    note: text("note").notNull().default(""),
    issuedAt: instant("issued_at").notNull(),
    dueOn: date("due_on", { mode: "string" }).$type<CalendarDay>().notNull(),
    paidAt: instant("paid_at"),
  },
  (t) => [
    primaryKey({ name: "invoices_pk", columns: [t.customerId, t.id] }),
    foreignKey({ name: "invoices_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    uniqueIndex("invoices_number_key").on(t.customerId, t.number),
    index("invoices_issued_idx").on(t.customerId, t.issuedAt, t.id),
    /** Of all customers, for staff. */
    index("invoices_all_issued_idx").on(t.issuedAt, t.id),
    index("invoices_open_idx").on(t.customerId, t.dueOn, t.id).where(sql`${t.state} = 'open'`),
    check("invoices_state_check", sql`${t.state} in ('open', 'paid', 'void', 'written_off')`),
    check("invoices_origin_check", sql`${t.origin} in ('order', 'renewal', 'manual')`),
    check("invoices_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check(
      "invoices_total_check",
      sql`${t.netMinor} >= 0 and ${t.taxMinor} >= 0 and ${t.totalMinor} = ${t.netMinor} + ${t.taxMinor}`,
    ),
    check(
      "invoices_remaining_check",
      sql`${t.amountPaidMinor} >= 0 and ${t.amountCreditedMinor} >= 0 and ${t.amountPaidMinor} + ${t.amountCreditedMinor} <= ${t.totalMinor}`,
    ),
    check(
      "invoices_settled_check",
      sql`case ${t.state}
        when 'paid' then ${t.amountPaidMinor} + ${t.amountCreditedMinor} = ${t.totalMinor}
        when 'void' then ${t.amountPaidMinor} = 0 and ${t.amountCreditedMinor} = ${t.totalMinor}
        else ${t.amountPaidMinor} + ${t.amountCreditedMinor} < ${t.totalMinor} end`,
    ),
    check("invoices_paid_at_check", sql`(${t.state} = 'paid') = (${t.paidAt} is not null)`),
  ],
);

export const taxCategories = [
  "standard",
  "reduced",
  "zero",
  "exempt",
  "reverse_charge",
  "outside_scope",
] as const;

export const invoiceLines = pgTable(
  "invoice_lines",
  {
    customerId: customerId(),
    id: id(),
    invoiceId: uuid("invoice_id").notNull(),
    position: integer("position").notNull(),
    kind: text("kind", { enum: ["order", "renewal", "other"] }).notNull(),
    description: text("description").notNull(),
    quantity: numeric("quantity").notNull(),
    unitMinor: minor("unit_minor").notNull(),
    netMinor: minor("net_minor").notNull(),
    taxRatePpm: integer("tax_rate_ppm").notNull(),
    taxMinor: minor("tax_minor").notNull(),
    taxCategory: text("tax_category", { enum: taxCategories }).notNull(),
    includesTax: boolean("includes_tax").notNull(),
    /** `dated`: its dates are known; `from_payment`: its term begins when it is paid; `none`: it has no period. */
    period: text("period", { enum: ["dated", "from_payment", "none"] }).notNull(),
    serviceId: uuid("service_id"),
    planId: uuid("plan_id"),
    renewalId: uuid("renewal_id"),
    termUnit: text("term_unit", { enum: ["day", "month", "year"] }),
    termCount: integer("term_count"),
    termStartsAt: instant("term_starts_at"),
    termEndsAt: instant("term_ends_at"),
  },
  (t) => [
    primaryKey({ name: "invoice_lines_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "invoice_lines_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    foreignKey({
      name: "invoice_lines_service_fk",
      columns: [t.customerId, t.serviceId],
      foreignColumns: [services.customerId, services.id],
    }),
    foreignKey({
      name: "invoice_lines_renewal_fk",
      columns: [t.customerId, t.renewalId],
      foreignColumns: [renewals.customerId, renewals.id],
    }),
    foreignKey({ name: "invoice_lines_plan_fk", columns: [t.planId], foreignColumns: [plans.id] }),
    uniqueIndex("invoice_lines_position_key").on(t.customerId, t.invoiceId, t.position),
    index("invoice_lines_service_idx").on(t.customerId, t.serviceId).where(sql`${t.serviceId} is not null`),
    index("invoice_lines_renewal_idx").on(t.customerId, t.renewalId).where(sql`${t.renewalId} is not null`),
    index("invoice_lines_plan_idx").on(t.planId).where(sql`${t.planId} is not null`),
    check("invoice_lines_kind_check", sql`${t.kind} in ('order', 'renewal', 'other')`),
    check("invoice_lines_quantity_check", sql`${t.quantity} > 0 and scale(${t.quantity}) <= 3`),
    check(
      "invoice_lines_tax_category_check",
      sql`${t.taxCategory} in ('standard', 'reduced', 'zero', 'exempt', 'reverse_charge', 'outside_scope')`,
    ),
    check(
      "invoice_lines_period_check",
      sql`${t.period} in ('dated', 'from_payment', 'none') and (${t.period} = 'dated') = (${t.termStartsAt} is not null) and (${t.termStartsAt} is null) = (${t.termEndsAt} is null) and (${t.termEndsAt} is null or ${t.termEndsAt} > ${t.termStartsAt})`,
    ),
    // A discount line takes tax back with its net.
    check(
      "invoice_lines_tax_check",
      sql`${t.taxRatePpm} between 0 and 1000000 and sign(${t.taxMinor}) * sign(${t.netMinor}) >= 0`,
    ),
    check(
      "invoice_lines_service_check",
      sql`(${t.kind} = 'other') or (${t.serviceId} is not null and ${t.termUnit} is not null and ${t.termCount} > 0)`,
    ),
    check(
      "invoice_lines_renewal_check",
      sql`(${t.kind} = 'renewal') = (${t.renewalId} is not null) and (${t.kind} <> 'renewal' or (${t.termStartsAt} is not null and ${t.termEndsAt} > ${t.termStartsAt}))`,
    ),
  ],
);

/** The counters of invoice numbers. The only row that customers share, and never touched when paying. */
export const invoiceSeries = pgTable(
  "invoice_series",
  {
    key: text("key").notNull(),
    prefix: text("prefix").notNull(),
    year: integer("year").notNull(),
    lastNumber: bigint("last_number", { mode: "bigint" }).notNull().default(sql`0`),
  },
  (t) => [
    primaryKey({ name: "invoice_series_pk", columns: [t.key] }),
    check("invoice_series_key_check", sql`${t.key} = ${t.prefix} || '-' || ${t.year}`),
    check("invoice_series_last_check", sql`${t.lastNumber} >= 0`),
  ],
);

/** Registry: keeps numbers unique over all customers, and shows that none is missing. Rows are only added. */
export const invoiceNumbers = pgTable(
  "invoice_numbers",
  {
    series: text("series").notNull(),
    sequence: bigint("sequence", { mode: "bigint" }).notNull(),
    customerId: customerId(),
    invoiceId: uuid("invoice_id").notNull(),
  },
  (t) => [
    primaryKey({ name: "invoice_numbers_pk", columns: [t.series, t.sequence] }),
    foreignKey({
      name: "invoice_numbers_series_fk",
      columns: [t.series],
      foreignColumns: [invoiceSeries.key],
    }),
    uniqueIndex("invoice_numbers_invoice_key").on(t.customerId, t.invoiceId),
    foreignKey({
      name: "invoice_numbers_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
  ],
);

/** By the customer, by staff, for a change of plan, because its service was terminated, because an order was never paid. */
export const creditNoteReasons = ["canceled", "voided", "changed", "terminated", "unpaid"] as const;

/** What takes an invoice back, whole or in part: numbered in a series of its own, never changed once written. */
export const creditNotes = pgTable(
  "credit_notes",
  {
    customerId: customerId(),
    id: id(),
    number: text("number"),
    invoiceId: uuid("invoice_id").notNull(),
    reason: text("reason", { enum: creditNoteReasons }).notNull(),
    note: text("note").notNull().default(""),
    currency: currency(),
    netMinor: minor("net_minor").notNull(),
    taxMinor: minor("tax_minor").notNull(),
    totalMinor: minor("total_minor").notNull(),
    userId: uuid("user_id"),
    issuedAt: instant("issued_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "credit_notes_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "credit_notes_invoice_fk",
      columns: [t.customerId, t.invoiceId],
      foreignColumns: [invoices.customerId, invoices.id],
    }),
    foreignKey({ name: "credit_notes_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    uniqueIndex("credit_notes_number_key").on(t.customerId, t.number),
    index("credit_notes_invoice_idx").on(t.customerId, t.invoiceId),
    index("credit_notes_user_idx").on(t.userId).where(sql`${t.userId} is not null`),
    check(
      "credit_notes_reason_check",
      sql`${t.reason} in ('canceled', 'voided', 'changed', 'terminated', 'unpaid')`,
    ),
    check("credit_notes_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
    check(
      "credit_notes_total_check",
      sql`${t.netMinor} >= 0 and ${t.taxMinor} >= 0 and ${t.totalMinor} = ${t.netMinor} + ${t.taxMinor} and ${t.totalMinor} > 0`,
    ),
  ],
);

/** Registry of the credit notes' series, as `invoice_numbers` is of the invoices'. Rows are only added. */
export const creditNoteNumbers = pgTable(
  "credit_note_numbers",
  {
    series: text("series").notNull(),
    sequence: bigint("sequence", { mode: "bigint" }).notNull(),
    customerId: customerId(),
    creditNoteId: uuid("credit_note_id").notNull(),
  },
  (t) => [
    primaryKey({ name: "credit_note_numbers_pk", columns: [t.series, t.sequence] }),
    foreignKey({
      name: "credit_note_numbers_series_fk",
      columns: [t.series],
      foreignColumns: [invoiceSeries.key],
    }),
    uniqueIndex("credit_note_numbers_note_key").on(t.customerId, t.creditNoteId),
    foreignKey({
      name: "credit_note_numbers_note_fk",
      columns: [t.customerId, t.creditNoteId],
      foreignColumns: [creditNotes.customerId, creditNotes.id],
    }),
  ],
);
