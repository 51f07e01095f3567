import { useTranslations } from "next-intl";
import { ActButton } from "@/components/ui/act-button";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Moment } from "@/components/ui/day";
import type { UnsentLoginMail } from "@/lib/admin/login-mails";
import type { Result } from "@/lib/kernel/result";

interface UnsentLoginMailsProps {
  mails: readonly UnsentLoginMail[];
  /** Sends one again; null for who may only look. */
  action: ((input: { loginMailId: string }) => Promise<Result<unknown>>) | null;
  texts: AnswerTexts;
}

/** Mails about logins that no mail server took, and the way to send each again. */
export function UnsentLoginMails({ mails, action, texts }: UnsentLoginMailsProps) {
  const t = useTranslations("staffMail");
  return (
    <section aria-labelledby="unsent-logins" className="mb-10 grid gap-3">
      <h2 id="unsent-logins" className="font-semibold text-lg">
        {t("unsentLogins")}
      </h2>
      <p className="max-w-prose text-ink-soft">{t("unsentLoginsIntro")}</p>
      <ul>
        {mails.map(({ id, kind, email, attempts, createdAt }) => (
          <li
            key={id}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-line border-t py-3 last:border-b"
          >
            <span className="min-w-0">
              {t(`login_${kind}`)} <span className="break-all">{email}</span>
              <span className="block text-ink-soft text-sm">
                <Moment at={createdAt} />, {t("unsentTried", { count: attempts })}
              </span>
            </span>
            {action && (
              <ActButton
                action={action}
                input={{ loginMailId: id }}
                label={t("resendLoginLabel", { mail: t(`login_${kind}`), email })}
                text={t("resendLogin")}
                done={t("resent")}
                texts={texts}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
