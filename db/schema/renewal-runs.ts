import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, primaryKey, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns";

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
