import { openDatabase, type ReservedSql, type Sql } from "@/db/client";
import { constraintName, transact } from "@/db/transaction";
import { type Clock, systemClock } from "@/lib/kernel/clock";
import { newId, type UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { isEmail, normalEmail } from "./email-address";
import { hostNameOf } from "./host";
import { judgeNewPassword } from "./new-password";
import { hashPassword, type PasswordProblem } from "./password";
import { hasAddress, oneLineName } from "./plain-name";
import { hashSecretToken, isSecretToken, newSecretToken } from "./secret-token";

const linkHours = 24;

/**
 * A link with which whoever started the portal becomes its first admin; null once there is any staff. Usable once,
 * for a day; a new one voids those before it. Print it, log it nowhere.
 */
export async function firstAdminLink(options: {
  databaseUrl: string;
  baseUrl: string;
  clock?: Clock;
}): Promise<string | null> {
  const clock = options.clock ?? systemClock;
  const database = openDatabase({ url: options.databaseUrl, role: "mallard_staff", max: 1 });
  try {
    const { token, hash } = newSecretToken();
    const now = clock.now();
    const expiresAt = new Date(now.getTime() + linkHours * 3_600_000);
    const made = await transact(database, {}, async ({ sql, write }) => {
      if (await hasStaff(sql)) return false;
      write(sql`update tokens set used_at = ${now} where kind = 'first_admin' and used_at is null`);
      write(sql`
        insert into tokens (hash, kind, created_at, expires_at)
        values (${hash}, 'first_admin', ${now}, ${expiresAt})`);
      return true;
    });
    return made ? new URL(`/first-admin/${token}`, options.baseUrl).href : null;
  } finally {
    await database.close();
  }
}

/** Whether the link can still be used; the page asks this before it shows a form. */
export async function isFirstAdminOpen(
  { staff, clock }: Pick<Context, "staff" | "clock">,
  token: string,
): Promise<boolean> {
  if (!isSecretToken(token) || (await hasStaff(staff.sql))) return false;
  const found = await staff.sql`
    select from tokens where hash = ${hashSecretToken(token)} and kind = 'first_admin'
      and used_at is null and expires_at > ${clock.now()}`;
  return found.count > 0;
}

export type FirstAdminRefusal =
  | { code: "link_not_valid" }
  | { code: "email_not_valid" }
  | { code: "email_taken" }
  | { code: "name_has_address" }
  | PasswordProblem
  | TooManyAttempts;

/** Makes the first admin, who then signs in as everyone does. Of several at once, one succeeds. */
export async function createFirstAdmin(
  { app, staff, clock, settings }: Pick<Context, "app" | "staff" | "clock" | "settings">,
  input: { token: string; name: string; email: string; password: string; locale: string },
): Promise<Result<{ userId: UserId }, FirstAdminRefusal>> {
  const email = normalEmail(input.email);
  if (!isEmail(email)) return refuse({ code: "email_not_valid" });
  const name = oneLineName(input.name);
  if (hasAddress(name)) return refuse({ code: "name_has_address" });
  // Before the password: without a link nobody makes this process estimate one.
  if (!(await isFirstAdminOpen({ staff, clock }, input.token))) return refuse({ code: "link_not_valid" });
  const judged = await judgeNewPassword(
    app,
    { password: input.password, by: input.token },
    { email, names: [name, await hostNameOf(staff.sql, settings.hostName)] },
  );
  if (!judged.ok) return judged;

  const passwordHash = await hashPassword(input.password);
  const userId = newId<UserId>(clock);
  const now = clock.now();
  try {
    const made = await transact(staff, {}, async ({ sql, write }) => {
      await sql`select pg_advisory_xact_lock(hashtext('mallard first admin'))`;
      if (await hasStaff(sql)) return false;
      const used = await sql`
        update tokens set used_at = ${now}
        where hash = ${hashSecretToken(input.token)} and kind = 'first_admin'
          and used_at is null and expires_at > ${now}`;
      if (used.count === 0) return false;
      write(sql`
        insert into users (id, email, name, password_hash, locale, created_at)
        values (${userId}, ${email}, ${name}, ${passwordHash}, ${input.locale}, ${now})`);
      write(sql`insert into staff (user_id, role, created_at) values (${userId}, 'admin', ${now})`);
      return true;
    });
    return made ? ok({ userId }) : refuse({ code: "link_not_valid" });
  } catch (error) {
    if (constraintName(error) === "users_email_key") return refuse({ code: "email_taken" });
    throw error;
  }
}

async function hasStaff(sql: Sql | ReservedSql): Promise<boolean> {
  const found = await sql`select from staff limit 1`;
  return found.count > 0;
}
