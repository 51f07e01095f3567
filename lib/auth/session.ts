import type { ReservedSql, Sql } from "@/db/client";
import { transact } from "@/db/transaction";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import type { SignedIn, StaffRole } from "./actor";
import type { Context } from "./context";

const hourMs = 3_600_000;

// OWASP ASVS 5.0, 7.3: how long a session lasts at most, and how long unused. Staff see everyone's data.
const lifetimesMs = {
  customer: { longest: 7 * 24 * hourMs, idle: 24 * hourMs },
  staff: { longest: 12 * hourMs, idle: hourMs },
};

/** The cookie need not outlive any session. */
export const sessionLongestSeconds = lifetimesMs.customer.longest / 1000;

/** Fine enough for the idle limit and for people who look at their sessions; a write on every page is not. */
const seenEveryMs = 60_000;

/** More open at once than people have devices; the oldest end. */
export const sessionsMost = 20;

type SessionContext = Pick<Context, "app" | "clock">;

/** From where somebody signed in, as the list of sessions shows it. */
export interface SessionOrigin {
  readonly address: string;
  readonly userAgent: string | null;
}

/** What a session opens: customers' pages, or the staff section. Whoever is both signs in for each. */
export type Section = "portal" | "admin";

/**
 * Begins a session of a user whose credentials were just checked. Staff who belong to no customer have nothing in the
 * portal: wherever they sign in, it is for the staff section.
 */
export async function beginSession(
  { app, clock }: SessionContext,
  userId: UserId,
  { address, userAgent }: SessionOrigin,
  wish: Section = "portal",
): Promise<SessionId> {
  const id = newId<SessionId>(clock);
  const now = clock.now();
  const customerEnd = new Date(now.getTime() + lifetimesMs.customer.longest);
  const staffEnd = new Date(now.getTime() + lifetimesMs.staff.longest);
  await transact(app, { userId }, async ({ sql }) => {
    // Of many at once one counts after the other.
    await sql`select pg_advisory_xact_lock(hashtextextended('mallard sessions ' || ${userId}, 0))`;
    await sql`
      insert into sessions (id, user_id, created_at, last_seen_at, expires_at, address, user_agent, section)
      select ${id}, ${userId}, ${now}, ${now},
        case when is_admin then ${staffEnd}::timestamptz else ${customerEnd}::timestamptz end,
        ${address}, ${userAgent?.slice(0, 300) ?? null}, case when is_admin then 'admin' else 'portal' end
      from (select exists (select from staff where user_id = ${userId} and disabled_at is null)
        and (${wish} = 'admin' or not exists (select from memberships where user_id = ${userId})) as is_admin) s`;
    await sql`
      update sessions set revoked_at = ${now} where user_id = ${userId} and revoked_at is null
        and id <> ${id} and id not in (
          select id from sessions where user_id = ${userId} and revoked_at is null and id <> ${id}
          order by created_at desc, id desc limit ${sessionsMost - 1})`;
  });
  return id;
}

interface SessionRow {
  email: string;
  name: string;
  locale: string | null;
  last_seen_at: Date;
  section: Section;
  staff_role: StaffRole | null;
  memberships: SignedIn["memberships"];
}

/**
 * The person of a session, if it is good now: not revoked, not expired, not idle for too long, the user not disabled.
 * Read anew for every request, so that a revoked session ends at once.
 */
export async function readSession(
  { app, clock }: SessionContext,
  sessionId: SessionId,
  userId: UserId,
): Promise<SignedIn | null> {
  const now = clock.now();
  const rows = await transact(
    app,
    { userId },
    ({ sql }) => sql<SessionRow[]>`
      select u.email, u.name, u.locale, s.last_seen_at, s.section, staff.role as staff_role,
        coalesce(
          (select jsonb_agg(jsonb_build_object('customerId', m.customer_id, 'role', m.role)
             order by m.created_at, m.customer_id)
           from memberships m where m.user_id = u.id and s.section = 'portal'),
          '[]') as memberships
      from sessions s
      join users u on u.id = s.user_id
      left join staff on staff.user_id = u.id and staff.disabled_at is null and s.section = 'admin'
      where s.id = ${sessionId} and s.user_id = ${userId}
        and s.revoked_at is null and s.expires_at > ${now} and u.disabled_at is null`,
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { email, name, locale, staff_role: staffRole, memberships } = row;
  const unseenMs = now.getTime() - row.last_seen_at.getTime();
  if (unseenMs > lifetimesMs[row.section === "admin" ? "staff" : "customer"].idle) return null;
  if (unseenMs > seenEveryMs) await markSeen(app.sql, sessionId, now);
  return { userId, sessionId, email, name, locale, staffRole, memberships };
}

async function markSeen(sql: Sql, sessionId: SessionId, now: Date): Promise<void> {
  await sql`update sessions set last_seen_at = ${now} where id = ${sessionId} and last_seen_at < ${now}`;
}

/** One row of the list where people end their sessions. */
export interface SessionView {
  readonly id: SessionId;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A user's sessions that can still be used: neither revoked nor expired nor idle for too long, the last used first. */
export async function openSessions(
  { app, clock }: SessionContext,
  { userId, staffRole }: Pick<SignedIn, "userId" | "staffRole">,
): Promise<SessionView[]> {
  const now = clock.now();
  const usedSince = new Date(now.getTime() - lifetimesMs[staffRole === null ? "customer" : "staff"].idle);
  return await app.sql<SessionView[]>`
    select id, created_at as "createdAt", last_seen_at as "lastSeenAt", address, user_agent as "userAgent"
    from sessions where user_id = ${userId} and revoked_at is null and expires_at > ${now}
      and last_seen_at >= ${usedSince}
    order by last_seen_at desc, id desc limit 100`;
}

/** Ends one session of the user, at once. False where there is none to end: another user's, or one that is over. */
export async function revokeSession(
  { app, clock }: SessionContext,
  userId: UserId,
  sessionId: SessionId,
): Promise<boolean> {
  const ended = await app.sql`
    update sessions set revoked_at = ${clock.now()}
    where id = ${sessionId} and user_id = ${userId} and revoked_at is null`;
  return ended.count > 0;
}

/** Ends all sessions of the user at once but the one that they are in. */
export async function revokeOtherSessions(
  { app, clock }: SessionContext,
  { userId, sessionId }: Pick<SignedIn, "userId" | "sessionId">,
): Promise<void> {
  await app.sql`
    update sessions set revoked_at = ${clock.now()}
    where user_id = ${userId} and id <> ${sessionId} and revoked_at is null`;
}

/** Ends all sessions of a user at once, everywhere. */
export async function revokeSessions({ app, clock }: SessionContext, userId: UserId): Promise<void> {
  await revokeAll(app.sql, userId, clock.now());
}

/** The same as a statement, to share a transaction with what makes it necessary. */
export function revokeAll(sql: Sql | ReservedSql, userId: UserId, now: Date) {
  return sql`update sessions set revoked_at = ${now} where user_id = ${userId} and revoked_at is null`;
}

/**
 * Ends the sessions of a user whose role in a section changed, but never the one in which that was done: whoever
 * steps down themselves sees the page with fewer rights. A statement, to share a transaction with the change.
 */
export function revokeSection(
  sql: Sql | ReservedSql,
  { userId, section }: { userId: UserId; section: Section },
  keep: SessionId,
  now: Date,
) {
  return sql`
    update sessions set revoked_at = ${now}
    where user_id = ${userId} and section = ${section} and id <> ${keep} and revoked_at is null`;
}
