import type { SessionId, UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { attemptLimits, type TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { normalEmail } from "./email-address";
import { verifyPassword } from "./password";
import { beginSession, type Section, type SessionOrigin } from "./session";

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export type SignInRefusal =
  /** The address is unknown, the password wrong, or the user disabled: which of them is not said. */
  { code: "wrong_credentials" } | TooManyAttempts;

/**
 * Checks credentials and begins a session. Each attempt is counted per account and per address before it is looked
 * at; an unknown address gets the same answer in the same time as a wrong password, and so does a login that is not
 * one of staff at the door of the staff section.
 */
export async function signIn(
  context: Pick<Context, "app" | "clock">,
  credentials: Credentials,
  origin: SessionOrigin,
  section: Section = "portal",
): Promise<Result<{ userId: UserId; sessionId: SessionId }, SignInRefusal>> {
  const limits = attemptLimits(context.app);
  const email = normalEmail(credentials.email);
  const byAddress = await limits.take("signInAddress", origin.address);
  if (!byAddress.ok) return byAddress;
  const byAccount = await limits.take("signInAccount", email);
  if (!byAccount.ok) return byAccount;

  const user = await findUser(context, email);
  const matches = await verifyPassword(user?.passwordHash ?? null, credentials.password);
  if (!user || !matches || user.disabled || (section === "admin" && !user.isStaff))
    return refuse({ code: "wrong_credentials" });

  await Promise.all([limits.giveBack("signInAddress", origin.address), limits.clear("signInAccount", email)]);
  return ok({ userId: user.id, sessionId: await beginSession(context, user.id, origin, section) });
}

interface UserRow {
  id: UserId;
  passwordHash: string | null;
  disabled: boolean;
  isStaff: boolean;
}

async function findUser({ app }: Pick<Context, "app">, email: string): Promise<UserRow | undefined> {
  // PostgreSQL cannot even be asked for a text with a zero in it.
  if (email.length > 254 || email.includes("\0")) return undefined;
  const [user] = await app.sql<UserRow[]>`
    select id, password_hash as "passwordHash", disabled_at is not null as disabled,
      exists (select from staff s where s.user_id = users.id and s.disabled_at is null) as "isStaff"
    from users where email = ${email}`;
  return user;
}
