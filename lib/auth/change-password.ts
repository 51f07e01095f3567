import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { SignedIn } from "./actor";
import { attemptLimits, type TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { hashPassword, type PasswordProblem, passwordProblem, verifyPassword } from "./password";

export type ChangePasswordRefusal = { code: "wrong_password" } | PasswordProblem | TooManyAttempts;

/**
 * Changes the password of a person who is signed in and knows the present one. Ends all their other sessions and voids
 * open links to reset it. Guesses count as attempts to sign in; of two changes at once the second finds the present
 * password wrong.
 */
export async function changePassword(
  { app, clock }: Pick<Context, "app" | "clock">,
  { userId, sessionId, email }: Pick<SignedIn, "userId" | "sessionId" | "email">,
  input: { present: string; next: string },
): Promise<Result<undefined, ChangePasswordRefusal>> {
  const limits = attemptLimits(app);
  const byAccount = await limits.take("signInAccount", email);
  if (!byAccount.ok) return byAccount;
  const [user] = await app.sql<{ hash: string | null }[]>`
    select password_hash as hash from users where id = ${userId}`;
  const presentHash = user?.hash ?? null;
  if (!(await verifyPassword(presentHash, input.present))) return refuse({ code: "wrong_password" });
  await limits.clear("signInAccount", email);

  const problem = passwordProblem(input.next, email);
  if (problem) return refuse(problem);
  const passwordHash = await hashPassword(input.next);
  const [done] = await app.sql<{ changed: boolean }[]>`
    select change_password(${userId}, ${presentHash}, ${passwordHash}, ${sessionId}, ${clock.now()}) as changed`;
  return done?.changed ? ok() : refuse({ code: "wrong_password" });
}
