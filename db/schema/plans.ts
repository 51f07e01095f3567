import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { currency, instant, minor } from "./columns";

/** What a service is sold as: its term and the days around its expiry. */
export const plans = pgTable(
  "plans",
  {
    id: uuid("id").notNull(),
    key: text("key").notNull(),
    name: text("name").notNull(),
    /** A service changes to plans of its own family alone: a server is no domain. Null: to those that have none. */
    family: text("family"),
    termUnit: text("term_unit", { enum: ["day", "month", "year"] }).notNull(),
    termCount: integer("term_count").notNull(),
    leadDays: integer("lead_days").notNull().default(7),
    graceDays: integer("grace_days").notNull().default(4),
    terminateDays: integer("terminate_days").notNull().default(14),
    /** Days that a customer may give themselves once per term; 0: none. */
    ownGraceDays: integer("own_grace_days").notNull().default(3),
    /** Days from due on which its invoices are reminded of, ascending; null: the host's own. */
    reminderDays: jsonb("reminder_days"),
    isOffered: boolean("is_offered").notNull().default(true),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "plans_pk", columns: [t.id] }),
    uniqueIndex("plans_key_key").on(t.key),
    check("plans_family_check", sql`length(${t.family}) between 1 and 60`),
    check(
      "plans_term_check",
      sql`${t.termUnit} in ('day', 'month', 'year') and ${t.termCount} between 1 and 3660`,
    ),
    check(
      "plans_days_check",
      sql`${t.leadDays} >= 0 and ${t.graceDays} >= 0 and ${t.terminateDays} >= 0 and ${t.ownGraceDays} between 0 and 60`,
    ),
    check(
      "plans_reminder_check",
      sql`jsonb_typeof(${t.reminderDays}) = 'array' and jsonb_array_length(${t.reminderDays}) between 1 and 12`,
    ),
    check(
      "plans_lead_check",
      sql`${t.leadDays} < ${t.termCount} * case ${t.termUnit} when 'day' then 1 when 'month' then 28 else 365 end`,
    ),
  ],
);

/** A plan's net price per term and currency, from an instant on. */
export const planPrices = pgTable(
  "plan_prices",
  {
    planId: uuid("plan_id").notNull(),
    currency: currency(),
    validFrom: instant("valid_from").notNull(),
    priceMinor: minor("price_minor").notNull(),
  },
  (t) => [
    primaryKey({ name: "plan_prices_pk", columns: [t.planId, t.currency, t.validFrom] }),
    foreignKey({ name: "plan_prices_plan_fk", columns: [t.planId], foreignColumns: [plans.id] }),
    check("plan_prices_price_check", sql`${t.priceMinor} >= 0`),
    check("plan_prices_currency_check", sql`${t.currency} ~ '^[A-Z]{3}$'`),
  ],
);

/** Tax on net amounts by the customer's country, in parts per million, from an instant on. */
export const taxRates = pgTable(
  "tax_rates",
  {
    country: text("country").notNull(),
    validFrom: instant("valid_from").notNull(),
    name: text("name").notNull(),
    ratePpm: integer("rate_ppm").notNull(),
  },
  (t) => [
    primaryKey({ name: "tax_rates_pk", columns: [t.country, t.validFrom] }),
    check("tax_rates_rate_check", sql`${t.ratePpm} between 0 and 1000000`),
  ],
);
