import { createHmac } from "node:crypto";
import type { Database } from "@/db/client";
import type { Clock } from "@/lib/kernel/clock";
import { type UserId, uuidv7 } from "@/lib/kernel/id";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { attemptLimits, signInPair, type TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { normalEmail } from "./email-address";
import { askForMailNow } from "./login-mail";
import { judgeNewPassword } from "./new-password";
import { hashPassword, type PasswordProblem } from "./password";
import { passwordOwner } from "./password-owner";
import { hashSecretToken, isSecretToken } from "./secret-token";

/** How long the link in the mail can be used. OWASP ASVS 5.0, 6.4. */
export const resetMinutes = 30;

type ResetContext = Pick<Context, "app" | "clock">;

/**
 * Somebody forgot a password. The answer is the same, after the same work, for an unknown address and a disabled user:
 * a row for the worker, which writes to whom there is. Counted by the visitor alone: who only knows an address cannot
 * use up its owner's attempts.
 */
export async function requestPasswordReset(
  context: ResetContext,
  input: { email: string; address: string },
): Promise<Result<undefined, TooManyAttempts>> {
  const limits = attemptLimits(context.app);
  const email = normalEmail(input.email).replaceAll("\0", "");
  const byAddress = await limits.take("resetAddress", input.address);
  if (!byAddress.ok) return byAddress;
  await askForMailNow(context, email, { kind: "password_reset", detail: {} });
  return ok();
}

/** A link that is nearly over is of no use to who asks for it now. */
const resendMinutes = 10;

/**
 * The secret of the user's link, for its mail: of one that is open already, the same again, else a new one. It is
 * derived from the row and the process's key, so that nobody can read it from the table, and it can be sent twice.
 */
export async function openResetToken(
  { jobs, clock, key }: { jobs: Database; clock: Clock; key: Uint8Array },
  userId: string,
): Promise<string> {
  const now = clock.now();
  const until = new Date(now.getTime() + resendMinutes * 60_000);
  const open = await jobs.sql<{ hash: string; seed: string | null }[]>`
    select hash, detail->>'seed' as seed from tokens
    where user_id = ${userId} and kind = 'password_reset' and used_at is null and expires_at > ${until}
    order by created_at desc limit 5`;
  for (const { hash, seed } of open) {
    const token = seed === null ? null : resetTokenOf(key, seed);
    if (token !== null && hashSecretToken(token) === hash) return token;
  }
  const seed = uuidv7(clock);
  const token = resetTokenOf(key, seed);
  const expiresAt = new Date(now.getTime() + resetMinutes * 60_000);
  await jobs.sql`
    insert into tokens (hash, kind, user_id, detail, created_at, expires_at)
    values (${hashSecretToken(token)}, 'password_reset', ${userId}, ${JSON.stringify({ seed })}::text::jsonb, ${now},
      ${expiresAt})`;
  return token;
}

function resetTokenOf(key: Uint8Array, seed: string): string {
  return createHmac("sha256", key).update(`mallard password reset ${seed}`).digest("base64url");
}

/** Whether the link of a mail can still be used; the page asks this before it shows a form. */
export async function isResetOpen(context: ResetContext, token: string): Promise<boolean> {
  return (await findReset(context, token)) !== null;
}

export type ResetRefusal = { code: "link_not_valid" } | PasswordProblem | TooManyAttempts;

/**
 * Sets the new password of the token's user, once. In the same transaction all sessions of the user end and all their
 * other links become void. A password that is refused leaves the link usable.
 */
export async function resetPassword(
  context: ResetContext & Pick<Context, "settings">,
  input: { token: string; password: string; address?: string },
): Promise<Result<undefined, ResetRefusal>> {
  const person = await findReset(context, input.token);
  if (person === null) return refuse({ code: "link_not_valid" });
  const chosen = { password: input.password, by: input.token };
  const judged = await judgeNewPassword(context.app, chosen, await passwordOwner(context, person));
  if (!judged.ok) return judged;

  const passwordHash = await hashPassword(input.password);
  const [done] = await context.app.sql<{ changed: boolean }[]>`
    select reset_password(${hashSecretToken(input.token)}, ${passwordHash}, ${context.clock.now()}) as changed`;
  if (!done?.changed) return refuse({ code: "link_not_valid" });
  // Who reads the account's mail is its owner: guesses made by others no longer keep them out.
  const limits = attemptLimits(context.app);
  await limits.clear("signInAccount", person.email);
  if (input.address) await limits.clear("signInPair", signInPair(person.email, input.address));
  await askForMailNow(context, person.email, { kind: "password_changed", detail: {} });
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
