import { jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

/** The host's own settings, and the mark that this database is a demo world. */
export const settings = pgTable(
  "settings",
  { key: text("key").notNull(), value: jsonb("value").notNull() },
  (t) => [primaryKey({ name: "settings_pk", columns: [t.key] })],
);
