import type { UserId } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { attemptLimits, type TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { normalEmail } from "./email-address";
import { hashPassword, type PasswordProblem, passwordProblem } from "./password";
import { hashSecretToken, isSecretToken, newSecretToken } from "./secret-token";

/** How long the link in the mail can be used. OWASP ASVS 5.0, 6.4. */
export const resetMinutes = 30;

type ResetContext = Pick<Context, "app" | "clock">;

/** What the mail about a forgotten password needs. The token is in no table and in no log. */
export interface ResetMail {
  readonly email: string;
  readonly name: string;
  readonly locale: string;
  readonly token: string;
}

/**
 * Somebody forgot a password. The answer is the same, after the same work, for an unknown address, a disabled user
 * and one that was asked for too often. What differs is done by `deliver`, which the caller runs once the answer is
 * on its way: it makes the token and hands it to `send`, or does nothing.
 */
export async function requestPasswordReset(
  context: ResetContext,
  input: { email: string; address: string },
  send: (mail: ResetMail) => Promise<void>,
): Promise<Result<{ deliver: () => Promise<void> }, TooManyAttempts>> {
  const limits = attemptLimits(context.app);
  const email = normalEmail(input.email);
  const byAddress = await limits.take("resetAddress", input.address);
  if (!byAddress.ok) return byAddress;
  // Said to nobody: it protects a mailbox from a flood, and is spent by whoever names the address.
  const byAccount = await limits.take("resetAccount", email);
  return ok({
    deliver: async () => {
      if (!byAccount.ok) return;
      const mail = await prepareMail(context, email);
      if (mail !== null) await send(mail);
    },
  });
}

async function prepareMail({ app, clock }: ResetContext, email: string): Promise<ResetMail | null> {
  const now = clock.now();
  const { token, hash } = newSecretToken();
  const expiresAt = new Date(now.getTime() + resetMinutes * 60_000);
  const rows = await app.sql<Omit<ResetMail, "token">[]>`
    with person as (
      select id, email, name, locale from users where email = ${email} and disabled_at is null
    ), made as (
      insert into tokens (hash, kind, user_id, created_at, expires_at)
      select ${hash}, 'password_reset', id, ${now}, ${expiresAt} from person
    )
    select email, name, locale from person`;
  const person = rows[0];
  return person ? { ...person, token } : null;
}

/** Whether the link of a mail can still be used; the page asks this before it shows a form. */
export async function isResetOpen(context: ResetContext, token: string): Promise<boolean> {
  return (await findReset(context, token)) !== null;
}

export type ResetRefusal = { code: "link_not_valid" } | PasswordProblem;

/**
 * Sets the new password of the token's user, once. In the same transaction all sessions of the user end and all their
 * other links become void. A password that is refused leaves the link usable.
 */
export async function resetPassword(
  context: ResetContext,
  input: { token: string; password: string },
): Promise<Result<undefined, ResetRefusal>> {
  const person = await findReset(context, input.token);
  if (person === null) return refuse({ code: "link_not_valid" });
  const problem = passwordProblem(input.password, person.email);
  if (problem) return refuse(problem);

  const passwordHash = await hashPassword(input.password);
  const [done] = await context.app.sql<{ changed: boolean }[]>`
    select reset_password(${hashSecretToken(input.token)}, ${passwordHash}, ${context.clock.now()}) as changed`;
  if (!done?.changed) return refuse({ code: "link_not_valid" });
  // Whoever reads the account's mail is its owner: guesses made by others no longer keep them out.
  await attemptLimits(context.app).clear("signInAccount", person.email);
  return ok();
}

async function findReset(
  { app, clock }: ResetContext,
  token: string,
): Promise<{ userId: UserId; email: string } | null> {
  if (!isSecretToken(token)) return null;
  const [person] = await app.sql<{ userId: UserId; email: string }[]>`
    select u.id as "userId", u.email
    from tokens t join users u on u.id = t.user_id
    where t.hash = ${hashSecretToken(token)} and t.kind = 'password_reset'
      and t.used_at is null and t.expires_at > ${clock.now()} and u.disabled_at is null`;
  return person ?? null;
}
