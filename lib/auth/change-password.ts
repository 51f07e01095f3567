import { purposeKeys } from "@/lib/kernel/purpose-key";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import type { SignedIn } from "./actor";
import { attemptLimits, type TooManyAttempts } from "./attempt-limits";
import type { Context } from "./context";
import { type DeviceCookie, newDeviceCookie } from "./known-device";
import { askForMailNow } from "./login-mail";
import { judgeNewPassword } from "./new-password";
import { hashPassword, type PasswordProblem, verifyPassword } from "./password";
import { passwordOwner } from "./password-owner";

export type ChangePasswordRefusal = { code: "wrong_password" } | PasswordProblem | TooManyAttempts;

/**
 * Changes the password of a person who is signed in and knows the present one. Ends all their other sessions and voids
 * open links to reset it, and tells its owner by mail. Guesses and new passwords are counted by session; of two changes
 * at once the second finds the present password wrong. Returns what the browser is known by from now on: what it was
 * known by before ends with the password.
 */
export async function changePassword(
  context: Pick<Context, "app" | "clock" | "settings">,
  { userId, sessionId, email }: Pick<SignedIn, "userId" | "sessionId" | "email">,
  input: { present: string; next: string },
): Promise<Result<{ device: DeviceCookie }, ChangePasswordRefusal>> {
  const { app, clock } = context;
  const limits = attemptLimits(app);
  const bySession = await limits.take("changeSession", sessionId);
  if (!bySession.ok) return bySession;
  const [user] = await app.sql<{ hash: string | null }[]>`
    select password_hash as hash from users where id = ${userId}`;
  const presentHash = user?.hash ?? null;
  if (!(await verifyPassword(presentHash, input.present))) return refuse({ code: "wrong_password" });
  await limits.clear("changeSession", sessionId);

  const owner = await passwordOwner(context, { userId, email });
  const judged = await judgeNewPassword(app, { password: input.next, by: sessionId }, owner);
  if (!judged.ok) return judged;
  const passwordHash = await hashPassword(input.next);
  const [done] = await app.sql<{ changed: boolean }[]>`
    select change_password(${userId}, ${presentHash}, ${passwordHash}, ${sessionId}, ${clock.now()}) as changed`;
  if (!done?.changed) return refuse({ code: "wrong_password" });
  await askForMailNow(context, email, { kind: "password_changed", detail: {} });
  const { deviceKey } = purposeKeys(context.settings);
  return ok({ device: newDeviceCookie(deviceKey, { email, passwordHash }) });
}
