import { useTranslations } from "next-intl";
import type { ReactNode } from "react";

/** What a newcomer can see of a renewal in a minute, step by step. */
export function TryIt({ mailboxUrl }: { mailboxUrl: string | null }) {
  const t = useTranslations("timeMachine");
  const mailbox = (words: ReactNode) =>
    mailboxUrl ? (
      <a href={mailboxUrl} className="font-medium text-accent underline">
        {words}
      </a>
    ) : (
      words
    );
  return (
    <section aria-labelledby="try-it" className="mt-8">
      <h2 id="try-it" className="font-semibold text-lg">
        {t("tryTitle")}
      </h2>
      <ol className="mt-2 grid list-decimal gap-1.5 pl-5 text-ink-soft">
        <li>{t("trySignIn")}</li>
        <li>{t.rich("tryDay", { mailbox })}</li>
        <li>{t("tryTopUp")}</li>
        <li>{t("tryWeek")}</li>
      </ol>
    </section>
  );
}
