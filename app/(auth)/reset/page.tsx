import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/app/(auth)/answers";
import { requestReset } from "@/app/(auth)/reset/actions";
import { ActionForm } from "@/components/sign-in/action-form";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { context } from "@/lib/auth/context";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("reset"))("title") };
}

export default async function ResetPage() {
  const t = await getTranslations("reset");
  const { mailboxUrl } = context().settings;
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">{t("title")}</h1>
      <p className="text-ink-soft">{t("intro")}</p>
      <ActionForm
        action={requestReset}
        fields={[
          { name: "email", label: t("email"), type: "email", autoComplete: "username", maxLength: 254 },
        ]}
        submit={t("submit")}
        answers={await answerTexts()}
        done={
          <Callout tone="good" title={t("doneTitle")}>
            <p>{t("doneBody")}</p>
            {mailboxUrl && (
              <p>
                {t.rich("demoMailbox", {
                  link: (words) => (
                    <a href={mailboxUrl} className="font-medium text-accent underline">
                      {words}
                    </a>
                  ),
                })}
              </p>
            )}
          </Callout>
        }
      />
      <p>
        <TextLink href="/sign-in">{t("back")}</TextLink>
      </p>
    </>
  );
}
