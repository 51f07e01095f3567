import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
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
import type { CalendarDay } from "@/lib/kernel/calendar";
import { customerId, id, instant } from "./columns";
import { customers } from "./customers";

/** Who did what to which subject. Rows are only ever added; the customer sees the visible ones as a timeline. */
export const activities = pgTable(
  "activities",
  {
    customerId: customerId(),
    id: id(),
    occurredAt: instant("occurred_at").notNull(),
    actor: text("actor", { enum: ["customer", "staff", "system"] }).notNull(),
    userId: uuid("user_id"),
    subject: text("subject", { enum: ["invoice", "payment", "service", "balance", "customer"] }).notNull(),
    subjectId: uuid("subject_id").notNull(),
    verb: text("verb").notNull(),
    detail: jsonb("detail").notNull(),
    isVisible: boolean("is_visible").notNull(),
  },
  (t) => [
    primaryKey({ name: "activities_pk", columns: [t.customerId, t.id] }),
    foreignKey({ name: "activities_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    index("activities_subject_idx").on(t.customerId, t.subjectId, t.id),
    /** Of all customers, for staff. */
    index("activities_all_idx").on(t.id),
    check("activities_actor_check", sql`${t.actor} in ('customer', 'staff', 'system')`),
    check(
      "activities_subject_check",
      sql`${t.subject} in ('invoice', 'payment', 'service', 'balance', 'customer')`,
    ),
  ],
);

/** What has happened and others must hear of; written in the transaction that made it happen. */
export const outbox = pgTable(
  "outbox",
  {
    customerId: customerId(),
    id: id(),
    topic: text("topic").notNull(),
    payload: jsonb("payload").notNull(),
    createdAt: instant("created_at").notNull(),
    handledAt: instant("handled_at"),
    /** How often its mail could not be written: after the last time it is parked for staff. */
    faults: integer("faults").notNull().default(0),
    /** Of a mail of reminding the day on which it goes out: a customer has one a day. */
    remindOn: date("remind_on", { mode: "string" }).$type<CalendarDay>(),
    /** The row whose mail told this one as well. */
    toldBy: uuid("told_by"),
    /** Until then a worker tells it, and no other does. */
    claimedUntil: instant("claimed_until"),
  },
  (t) => [
    primaryKey({ name: "outbox_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "outbox_told_by_fk",
      columns: [t.customerId, t.toldBy],
      foreignColumns: [t.customerId, t.id],
    }),
    index("outbox_told_by_idx").on(t.customerId, t.toldBy).where(sql`${t.toldBy} is not null`),
    foreignKey({ name: "outbox_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    check("outbox_remind_check", sql`${t.remindOn} is null or ${t.topic} = 'reminder'`),
    uniqueIndex("outbox_remind_key").on(t.customerId, t.remindOn).where(sql`${t.remindOn} is not null`),
    index("outbox_waiting_idx").on(t.id).where(sql`${t.handledAt} is null`),
  ],
);

/** Something that wants a person: parked, shown to staff, and closed when it is dealt with. */
export const tasks = pgTable(
  "tasks",
  {
    customerId: customerId(),
    id: id(),
    kind: text("kind").notNull(),
    subject: text("subject", {
      enum: [
        "invoice",
        "payment",
        "service",
        "balance",
        "customer",
        "stripe_event",
        "bank_receipt",
        "refund",
        "dispute",
        "stripe_object",
        "stripe_day",
      ],
    }).notNull(),
    subjectId: text("subject_id").notNull(),
    detail: jsonb("detail").notNull(),
    createdAt: instant("created_at").notNull(),
    doneAt: instant("done_at"),
  },
  (t) => [
    primaryKey({ name: "tasks_pk", columns: [t.customerId, t.id] }),
    foreignKey({ name: "tasks_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    index("tasks_open_idx").on(t.customerId, t.kind, t.subjectId).where(sql`${t.doneAt} is null`),
  ],
);
