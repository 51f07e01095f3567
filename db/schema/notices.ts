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
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { outbox } from "./activities";
import { customerId, id, instant } from "./columns";
import { customers } from "./customers";

/**
 * What a customer was told, as it was sent: the mail of an outbox row, whose id it has. It stands in the portal's inbox
 * from the first attempt on, whether a mail server takes it or not.
 */
export const notices = pgTable(
  "notices",
  {
    customerId: customerId(),
    id: id(),
    topic: text("topic").notNull(),
    subject: text("subject").notNull(),
    body: text("body").notNull(),
    link: text("link").notNull(),
    state: text("state", { enum: ["waiting", "sent", "bounced", "undeliverable", "withdrawn"] }).notNull(),
    attempts: integer("attempts").notNull().default(0),
    /** How many times it was to go out: once, and once more whenever staff sent it again. Each has a Message-ID of its own. */
    sending: integer("sending").notNull().default(1),
    /** What customers know from it that the balance misses for all that renews, in minor units by currency: a mail follows when that rises. */
    shortfalls: jsonb("shortfalls").$type<Record<string, string>>().notNull().default({}),
    /** Further addresses that it went to. */
    copies: text("copies").array().notNull().default([]),
    createdAt: instant("created_at").notNull(),
    sentAt: instant("sent_at"),
    readAt: instant("read_at"),
  },
  (t) => [
    primaryKey({ name: "notices_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "notices_outbox_fk",
      columns: [t.customerId, t.id],
      foreignColumns: [outbox.customerId, outbox.id],
    }),
    index("notices_unread_idx")
      .on(t.customerId)
      .where(sql`${t.readAt} is null and ${t.state} <> 'withdrawn'`),
    check(
      "notices_state_check",
      sql`${t.state} in ('waiting', 'sent', 'bounced', 'undeliverable', 'withdrawn')`,
    ),
    // One that staff send anew waits, and keeps when it was last taken.
    check("notices_sent_check", sql`${t.state} not in ('sent', 'bounced') or ${t.sentAt} is not null`),
    check("notices_sending_check", sql`${t.sending} >= 1`),
    index("notices_created_idx").on(t.createdAt, t.id),
    // A report of another mail server knows the mail by its Message-ID, and not whose it is.
    index("notices_id_idx").on(t.id),
  ],
);

/**
 * An address that a notice did not reach when it went out the `sending`th time, with the mail server's own sentence: refused
 * while it was handed over, sent back later, or (`delayed`) still being tried.
 */
export const noticeFailures = pgTable(
  "notice_failures",
  {
    customerId: customerId(),
    noticeId: uuid("notice_id").notNull(),
    sending: integer("sending").notNull(),
    address: text("address").notNull(),
    isCopy: boolean("is_copy").notNull(),
    kind: text("kind", { enum: ["refused", "bounced", "delayed"] }).notNull(),
    reason: text("reason").notNull(),
    notedAt: instant("noted_at").notNull(),
  },
  (t) => [
    primaryKey({
      name: "notice_failures_pk",
      columns: [t.customerId, t.noticeId, t.sending, t.address],
    }),
    foreignKey({
      name: "notice_failures_notice_fk",
      columns: [t.customerId, t.noticeId],
      foreignColumns: [notices.customerId, notices.id],
    }),
    check("notice_failures_kind_check", sql`${t.kind} in ('refused', 'bounced', 'delayed')`),
  ],
);

/** The first three are about an invoice, the next two about a service's term: their subject is the renewal; the last two about a card. */
export const reminderKinds = [
  "invoice_issued",
  "invoice_due",
  "shortfall",
  "suspension_ahead",
  "termination_ahead",
  "card_expiring",
  "card_expired",
] as const;

/**
 * What a customer is reminded of, once per kind, subject, stage and day (domain.md, A5). Rows are only added. An invoice is issued
 * once, so that this has neither a stage nor a day.
 */
export const reminders = pgTable(
  "reminders",
  {
    customerId: customerId(),
    id: id(),
    kind: text("kind", { enum: reminderKinds }).notNull(),
    subjectId: uuid("subject_id").notNull(),
    /** Days from due, or from the suspension or termination; negative ahead of it. */
    stage: integer("stage"),
    /** On which a shortfall was found to have risen; of a card the last on which it can be charged. */
    day: date("day", { mode: "string" }).$type<CalendarDay>(),
    outboxId: uuid("outbox_id").notNull(),
    createdAt: instant("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "reminders_pk", columns: [t.customerId, t.id] }),
    foreignKey({ name: "reminders_customer_fk", columns: [t.customerId], foreignColumns: [customers.id] }),
    foreignKey({
      name: "reminders_outbox_fk",
      columns: [t.customerId, t.outboxId],
      foreignColumns: [outbox.customerId, outbox.id],
    }),
    unique("reminders_stage_key").on(t.customerId, t.kind, t.subjectId, t.stage, t.day).nullsNotDistinct(),
    index("reminders_outbox_idx").on(t.customerId, t.outboxId),
    check(
      "reminders_kind_check",
      sql`${t.kind} in ('invoice_issued', 'invoice_due', 'shortfall', 'suspension_ahead', 'termination_ahead', 'card_expiring', 'card_expired')`,
    ),
    check(
      "reminders_stage_check",
      sql`(${t.stage} is not null) = (${t.kind} in ('invoice_due', 'suspension_ahead', 'termination_ahead'))
        and (${t.day} is not null) = (${t.kind} in ('shortfall', 'card_expiring', 'card_expired'))`,
    ),
  ],
);
