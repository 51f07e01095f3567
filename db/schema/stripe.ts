import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { customerId, instant } from "./columns";
import { users } from "./users";

/** Registry: Stripe id → customer and row, unique over all customers. Written in the transaction that stores the id. */
export const stripeObjects = pgTable(
  "stripe_objects",
  {
    id: text("id").notNull(),
    kind: text("kind", {
      enum: [
        "customer",
        "checkout_session",
        "payment_intent",
        "payment_method",
        "charge",
        "refund",
        "dispute",
      ],
    }).notNull(),
    customerId: customerId(),
    rowId: uuid("row_id").notNull(),
  },
  (t) => [
    primaryKey({ name: "stripe_objects_pk", columns: [t.id] }),
    check(
      "stripe_objects_kind_check",
      sql`${t.kind} in ('customer', 'checkout_session', 'payment_intent', 'payment_method', 'charge', 'refund', 'dispute')`,
    ),
  ],
);

/**
 * The accounts that the keys were seen to be of, each mode apart. One is ours: Stripe's word that something is gone counts
 * under its keys alone.
 */
export const stripeAccounts = pgTable(
  "stripe_accounts",
  {
    id: text("id").notNull(),
    isLive: boolean("is_live").notNull(),
    firstSeenAt: instant("first_seen_at").notNull(),
    isOurs: boolean("is_ours").notNull(),
    /** Who of staff said so; null for the first one, which nobody was asked about. */
    confirmedBy: uuid("confirmed_by"),
  },
  (t) => [
    primaryKey({ name: "stripe_accounts_pk", columns: [t.id, t.isLive] }),
    foreignKey({ name: "stripe_accounts_user_fk", columns: [t.confirmedBy], foreignColumns: [users.id] }),
    index("stripe_accounts_user_idx").on(t.confirmedBy),
    uniqueIndex("stripe_accounts_ours_key").on(t.isOurs).where(sql`${t.isOurs}`),
  ],
);

/** Every event as it came. Rows are only ever added; what became of one is in `event_runs`. */
export const stripeEvents = pgTable(
  "stripe_events",
  {
    id: text("id").notNull(),
    type: text("type").notNull(),
    isLivemode: boolean("is_livemode").notNull(),
    createdAt: instant("created_at").notNull(),
    receivedAt: instant("received_at").notNull(),
    source: text("source", { enum: ["webhook", "read_back"] }).notNull(),
    payload: jsonb("payload").notNull(),
  },
  (t) => [
    primaryKey({ name: "stripe_events_pk", columns: [t.id] }),
    index("stripe_events_received_idx").on(t.receivedAt, t.id),
    check("stripe_events_source_check", sql`${t.source} in ('webhook', 'read_back')`),
  ],
);

export const eventRuns = pgTable(
  "event_runs",
  {
    eventId: text("event_id").notNull(),
    state: text("state", { enum: ["waiting", "done", "ignored", "parked"] }).notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at"),
    reason: text("reason"),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "event_runs_pk", columns: [t.eventId] }),
    foreignKey({ name: "event_runs_event_fk", columns: [t.eventId], foreignColumns: [stripeEvents.id] }),
    index("event_runs_waiting_idx").on(t.nextAttemptAt).where(sql`${t.state} = 'waiting'`),
    check("event_runs_state_check", sql`${t.state} in ('waiting', 'done', 'ignored', 'parked')`),
    check("event_runs_next_check", sql`(${t.state} = 'waiting') = (${t.nextAttemptAt} is not null)`),
  ],
);

/** How far events that were not delivered have been read back: a pass goes on where the one before was cut off. */
export const eventReadings = pgTable(
  "event_readings",
  {
    name: text("name").notNull(),
    /** Of the pass. */
    since: instant("since").notNull(),
    /** Of its lists of types, those that are read to their end. */
    typesRead: integer("types_read").notNull(),
    /** The last event of the page before, at Stripe. */
    afterId: text("after_id"),
    updatedAt: instant("updated_at").notNull(),
  },
  (t) => [primaryKey({ name: "event_readings_pk", columns: [t.name] })],
);
