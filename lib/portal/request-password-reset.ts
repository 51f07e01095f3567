import type { TooManyAttempts } from "@/lib/auth/attempt-limits";
import { type Context, context } from "@/lib/auth/context";
import { hostNameOf } from "@/lib/auth/host";
import { requestPasswordReset as request, resetMinutes } from "@/lib/auth/password-reset";
import type { Result } from "@/lib/kernel/result";
import { createMailer, type Mailer } from "@/lib/mail/mailer";
import { passwordResetMail } from "@/lib/mail/password-reset-mail";

/**
 * Somebody forgot a password: the same answer for every address. `deliver` writes to them, if there is anyone to
 * write to; run it when the answer is on its way, so that its time tells nothing. It throws if no mail server took
 * the mail; the person asks again.
 */
export async function requestPasswordReset(
  input: { email: string; address: string },
  here: Context = context(),
  mailer: Mailer = createMailer(here.settings),
): Promise<Result<{ deliver: () => Promise<void> }, TooManyAttempts>> {
  const { mallardUrl } = here.settings;
  return request(here, input, async ({ email, name, locale, token }) => {
    const hostName = await hostNameOf(here.app.sql, here.settings.hostName);
    const sent = await mailer.sendMail(
      await passwordResetMail({
        locale,
        recipient: { name, email },
        host: { name: hostName, url: mallardUrl },
        url: `${mallardUrl}/reset/${token}`,
        minutes: resetMinutes,
      }),
    );
    if (!sent.ok) throw new Error(`the mail about a forgotten password was not sent: ${sent.refusal.code}`);
  });
}
