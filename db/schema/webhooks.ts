import { sql } from "drizzle-orm";
import {
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
import { outbox } from "./activities";
import { customerId, id, instant } from "./columns";
import { users } from "./users";

/** Where a host's own systems hear of services and invoices. The secret is sealed: it signs, so a hash would not do. */
export const webhookEndpoints = pgTable(
  "webhook_endpoints",
  {
    id: id(),
    url: text("url").notNull(),
    note: text("note").notNull().default(""),
    sealedSecret: text("sealed_secret").notNull(),
    userId: uuid("user_id").notNull(),
    createdAt: instant("created_at").notNull(),
    /** From then on nothing is sent to it. */
    disabledAt: instant("disabled_at"),
  },
  (t) => [
    primaryKey({ name: "webhook_endpoints_pk", columns: [t.id] }),
    foreignKey({ name: "webhook_endpoints_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("webhook_endpoints_user_idx").on(t.userId),
    check(
      "webhook_endpoints_text_check",
      sql`length(${t.url}) between 8 and 2000 and length(${t.note}) <= 200`,
    ),
  ],
);

export const webhookDeliveryStates = ["waiting", "delivered", "parked", "dropped"] as const;

/**
 * One event on its way to one endpoint: the row of the outbox, once per endpoint. What is sent stays as it was when it
 * happened; the row says what became of the last attempt.
 */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    customerId: customerId(),
    id: id(),
    endpointId: uuid("endpoint_id").notNull(),
    outboxId: uuid("outbox_id").notNull(),
    /** The service or invoice: what is of one subject arrives in its order. */
    subjectId: uuid("subject_id").notNull(),
    topic: text("topic").notNull(),
    body: jsonb("body").notNull(),
    state: text("state", { enum: webhookDeliveryStates }).notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAttemptAt: instant("next_attempt_at"),
    lastAttemptAt: instant("last_attempt_at"),
    /** The endpoint's HTTP status, if it answered. */
    answerStatus: integer("answer_status"),
    failureCode: text("failure_code"),
    createdAt: instant("created_at").notNull(),
    deliveredAt: instant("delivered_at"),
  },
  (t) => [
    primaryKey({ name: "webhook_deliveries_pk", columns: [t.customerId, t.id] }),
    foreignKey({
      name: "webhook_deliveries_outbox_fk",
      columns: [t.customerId, t.outboxId],
      foreignColumns: [outbox.customerId, outbox.id],
    }),
    foreignKey({
      name: "webhook_deliveries_endpoint_fk",
      columns: [t.endpointId],
      foreignColumns: [webhookEndpoints.id],
    }),
    uniqueIndex("webhook_deliveries_once_key").on(t.customerId, t.outboxId, t.endpointId),
    index("webhook_deliveries_endpoint_idx").on(t.endpointId, t.id),
    index("webhook_deliveries_waiting_idx")
      .on(t.endpointId, t.subjectId, t.outboxId)
      .where(sql`${t.state} = 'waiting'`),
    check(
      "webhook_deliveries_state_check",
      sql`${t.state} in (${sql.raw(webhookDeliveryStates.map((s) => `'${s}'`).join(", "))})`,
    ),
    check("webhook_deliveries_next_check", sql`(${t.state} = 'waiting') = (${t.nextAttemptAt} is not null)`),
    check(
      "webhook_deliveries_delivered_check",
      sql`(${t.state} = 'delivered') = (${t.deliveredAt} is not null)`,
    ),
  ],
);
