import { sql } from "drizzle-orm";
import { boolean, check, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, minor } from "./columns";

/** What the last check of each invariant of the books found. */
export const bookChecks = pgTable(
  "book_checks",
  {
    name: text("name").notNull(),
    checkedAt: instant("checked_at").notNull(),
    /** From the first transfer on; else since the check before it. */
    isFull: boolean("is_full").notNull(),
    checkedCount: integer("checked_count").notNull(),
    noun: text("noun").notNull(),
    violationCount: integer("violation_count").notNull(),
    /** The first of them. */
    violations: jsonb("violations").notNull(),
  },
  (t) => [
    primaryKey({ name: "book_checks_pk", columns: [t.name] }),
    check("book_checks_count_check", sql`${t.checkedCount} >= 0 and ${t.violationCount} >= 0`),
  ],
);

/** The last run of each of the worker's jobs. */
export const jobRuns = pgTable(
  "job_runs",
  {
    name: text("name").notNull(),
    everySeconds: integer("every_seconds").notNull(),
    startedAt: instant("started_at").notNull(),
    endedAt: instant("ended_at"),
    failedAt: instant("failed_at"),
    /** Of the last that failed. */
    message: text("message"),
  },
  (t) => [primaryKey({ name: "job_runs_pk", columns: [t.name] })],
);

/** What the last look at the host's setup at Stripe found. */
export const stripeChecks = pgTable(
  "stripe_checks",
  {
    name: text("name").notNull(),
    checkedAt: instant("checked_at").notNull(),
    /** Why Stripe did not say; the rest is then as it was before. */
    failure: text("failure"),
    /** As `StripeSetup` in lib/gateway/port.ts; null until Stripe has said. */
    setup: jsonb("setup"),
    /** What differs from what the portal needs: codes, with what is missing. */
    differences: jsonb("differences").notNull(),
  },
  (t) => [primaryKey({ name: "stripe_checks_pk", columns: [t.name] })],
);

/** What Stripe's refusals for size have taught of a currency: every process charges by it. */
export const chargeLimits = pgTable(
  "charge_limits",
  {
    isLive: boolean("is_live").notNull(),
    currency: text("currency").notNull(),
    /** Null where nothing was learned in that direction. */
    leastMinor: minor("least_minor"),
    mostMinor: minor("most_minor"),
    learnedAt: instant("learned_at").notNull(),
  },
  (t) => [primaryKey({ name: "charge_limits_pk", columns: [t.isLive, t.currency] })],
);
