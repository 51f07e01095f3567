import { sql } from "drizzle-orm";
import {
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { instant } from "./columns";
import { users } from "./users";

/** A pass over all services that were due, and how far it has come: counted in services, written after each batch. */
export const renewalRuns = pgTable(
  "renewal_runs",
  {
    id: uuid("id").notNull(),
    startedAt: instant("started_at").notNull(),
    updatedAt: instant("updated_at").notNull(),
    /** Null while it goes on, and for good where its worker died. */
    endedAt: instant("ended_at"),
    due: integer("due").notNull(),
    issued: integer("issued").notNull(),
    paid: integer("paid").notNull(),
    short: integer("short").notNull(),
    parked: integer("parked").notNull(),
  },
  (t) => [
    primaryKey({ name: "renewal_runs_pk", columns: [t.id] }),
    index("renewal_runs_started_idx").on(t.startedAt),
    check(
      "renewal_runs_counts_check",
      sql`${t.due} >= 0 and ${t.issued} >= 0 and ${t.paid} >= 0 and ${t.short} >= 0 and ${t.parked} >= 0`,
    ),
  ],
);

/** A run that somebody of the staff asked for; the worker does it at once. One at a time. */
export const renewalRequests = pgTable(
  "renewal_requests",
  {
    id: uuid("id").notNull(),
    requestedAt: instant("requested_at").notNull(),
    userId: uuid("user_id").notNull(),
    /** When a worker last took it up: again, if the one before it died. */
    startedAt: instant("started_at"),
    /** The run that it became; none is there if nothing was due. */
    runId: uuid("run_id"),
    endedAt: instant("ended_at"),
    /** Open invoices that balances paid beside the run. */
    covered: integer("covered"),
    /** What it threw, if it failed. */
    failure: text("failure"),
  },
  (t) => [
    primaryKey({ name: "renewal_requests_pk", columns: [t.id] }),
    foreignKey({ name: "renewal_requests_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("renewal_requests_user_idx").on(t.userId),
    index("renewal_requests_requested_idx").on(t.requestedAt),
    uniqueIndex("renewal_requests_open_key").on(sql`(${t.endedAt} is null)`).where(sql`${t.endedAt} is null`),
    check(
      "renewal_requests_end_check",
      sql`(${t.endedAt} is null) = (${t.covered} is null and ${t.failure} is null) and ${t.covered} >= 0`,
    ),
  ],
);
