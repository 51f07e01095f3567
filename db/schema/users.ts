import { sql } from "drizzle-orm";
import {
  bigint,
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
import { instant } from "./columns";

/** People who sign in: customers' members and staff alike. The e-mail address is stored in lower case. */
export const users = pgTable(
  "users",
  {
    id: uuid("id").notNull(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    passwordHash: text("password_hash"),
    /** What they chose or joined in; null is what their browser asks for. */
    locale: text("locale"),
    createdAt: instant("created_at").notNull(),
    disabledAt: instant("disabled_at"),
  },
  (t) => [
    primaryKey({ name: "users_pk", columns: [t.id] }),
    uniqueIndex("users_email_key").on(t.email),
    check("users_email_check", sql`${t.email} = lower(${t.email}) and length(${t.email}) between 3 and 254`),
  ],
);

/** Staff of the host. */
export const staff = pgTable(
  "staff",
  {
    userId: uuid("user_id").notNull(),
    role: text("role", { enum: ["admin", "finance", "support", "auditor"] }).notNull(),
    createdAt: instant("created_at").notNull(),
    disabledAt: instant("disabled_at"),
  },
  (t) => [
    primaryKey({ name: "staff_pk", columns: [t.userId] }),
    foreignKey({ name: "staff_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    check("staff_role_check", sql`${t.role} in ('admin', 'finance', 'support', 'auditor')`),
  ],
);

/** One row per sign-in; checked at every read, so that revoking it ends the session at once. */
export const sessions = pgTable(
  "sessions",
  {
    id: uuid("id").notNull(),
    userId: uuid("user_id").notNull(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    revokedAt: instant("revoked_at"),
    address: text("address"),
    userAgent: text("user_agent"),
    /** What it opens: a person who is staff and a member of a customer signs in for each. */
    section: text("section", { enum: ["portal", "admin"] })
      .notNull()
      .default("portal"),
  },
  (t) => [
    primaryKey({ name: "sessions_pk", columns: [t.id] }),
    foreignKey({ name: "sessions_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("sessions_user_idx").on(t.userId),
    check("sessions_section_check", sql`${t.section} in ('portal', 'admin')`),
  ],
);

/** Single-use secrets sent by mail or printed once; only their SHA-256 is stored. */
export const tokens = pgTable(
  "tokens",
  {
    hash: text("hash").notNull(),
    kind: text("kind", { enum: ["password_reset", "first_admin", "staff_invite"] }).notNull(),
    userId: uuid("user_id"),
    detail: jsonb("detail"),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    usedAt: instant("used_at"),
  },
  (t) => [
    primaryKey({ name: "tokens_pk", columns: [t.hash] }),
    foreignKey({ name: "tokens_user_fk", columns: [t.userId], foreignColumns: [users.id] }),
    index("tokens_user_idx").on(t.userId),
    check("tokens_kind_check", sql`${t.kind} in ('password_reset', 'first_admin', 'staff_invite')`),
    check("tokens_user_check", sql`(${t.kind} = 'password_reset') = (${t.userId} is not null)`),
  ],
);

/**
 * What somebody is to be written about their login or their office, by the worker. Asked for also where nobody has the
 * address: so the answer takes as long for an unknown one. It holds no secret; a link's is made when it is sent.
 */
export const loginMails = pgTable(
  "login_mails",
  {
    id: uuid("id").notNull(),
    kind: text("kind", {
      enum: [
        "password_reset",
        "password_changed",
        "new_device",
        "new_owner",
        "main_address_changed",
        "new_admin",
        "bank_account_changed",
        "endpoint_added",
      ],
    }).notNull(),
    email: text("email").notNull(),
    detail: jsonb("detail").notNull(),
    state: text("state", { enum: ["waiting", "sent", "dropped", "parked"] })
      .notNull()
      .default("waiting"),
    attempts: integer("attempts").notNull().default(0),
    createdAt: instant("created_at").notNull(),
    nextAttemptAt: instant("next_attempt_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "login_mails_pk", columns: [t.id] }),
    index("login_mails_waiting_idx").on(t.nextAttemptAt).where(sql`${t.state} = 'waiting'`),
    index("login_mails_email_idx").on(t.email, t.createdAt),
    check("login_mails_state_check", sql`${t.state} in ('waiting', 'sent', 'dropped', 'parked')`),
    check(
      "login_mails_kind_check",
      sql`${t.kind} in ('password_reset', 'password_changed', 'new_device', 'new_owner', 'main_address_changed', 'new_admin', 'bank_account_changed', 'endpoint_added')`,
    ),
  ],
);

/** Counters of rate-limiter-flexible: attempts per address and account. */
export const signInAttempts = pgTable(
  "sign_in_attempts",
  {
    key: text("key").notNull(),
    points: integer("points").notNull().default(0),
    expire: bigint("expire", { mode: "bigint" }),
  },
  (t) => [primaryKey({ name: "sign_in_attempts_pk", columns: [t.key] })],
);
