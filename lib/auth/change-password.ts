import { transact } from "@/db/transaction";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { SignedIn } from "./actor";
import { attemptLimits, type TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { hashPassword, type PasswordProblem, passwordProblem, verifyPassword } from "./password";
import { revokeAll } from "./session";

export type ChangePasswordRefusal = { code: "wrong_password" } | PasswordProblem | TooManyAttempts;

/**
 * Changes the password of a person who is signed in and knows the present one. Ends all their sessions, this one too,
 * and voids open links to reset it. Guesses count as attempts to sign in.
 */
export async function changePassword(
  { app, clock }: Pick<Context, "app" | "clock">,
  { userId, email }: Pick<SignedIn, "userId" | "email">,
  input: { present: string; next: string },
): Promise<Result<undefined, ChangePasswordRefusal>> {
  const limits = attemptLimits(app);
  const byAccount = await limits.take("signInAccount", email);
  if (!byAccount.ok) return byAccount;
  const [user] = await app.sql<{ hash: string | null }[]>`
    select password_hash as hash from users where id = ${userId}`;
  if (!(await verifyPassword(user?.hash ?? null, input.present))) return refuse({ code: "wrong_password" });
  await limits.clear("signInAccount", email);

  const problem = passwordProblem(input.next, email);
  if (problem) return refuse(problem);
  const passwordHash = await hashPassword(input.next);
  const now = clock.now();
  await transact(app, { userId }, async ({ sql, write }) => {
    write(sql`update users set password_hash = ${passwordHash} where id = ${userId}`);
    write(sql`update tokens set used_at = ${now} where user_id = ${userId} and used_at is null`);
    write(revokeAll(sql, userId, now));
  });
  return ok();
}
