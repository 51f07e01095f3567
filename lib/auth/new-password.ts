import type { Database } from "@/db/client";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { attemptLimits, type TooManyAttempts } from "./attempt-limits";
import { type PasswordOwner, type PasswordProblem, passwordProblem } from "./password";

/**
 * Judges the password that somebody chooses. To estimate one takes some hundredths of a second of this process, so it
 * is counted first: by what lets them choose one, which is a session or the secret of a link.
 */
export async function judgeNewPassword(
  database: Database,
  { password, by }: { password: string; by: string },
  owner: PasswordOwner,
): Promise<Result<undefined, PasswordProblem | TooManyAttempts>> {
  const counted = await attemptLimits(database).take("newPassword", by);
  if (!counted.ok) return counted;
  const problem = passwordProblem(password, owner);
  return problem ? refuse(problem) : ok();
}
