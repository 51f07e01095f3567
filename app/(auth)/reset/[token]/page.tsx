import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/app/(auth)/answers";
import { choosePassword } from "@/app/(auth)/reset/[token]/actions";
import { ActionForm } from "@/components/sign-in/action-form";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { context } from "@/lib/auth/context";
import { passwordLengthMin } from "@/lib/auth/password";
import { isResetOpen } from "@/lib/auth/password-reset";

export async function generateMetadata(): Promise<Metadata> {
  // The address is a secret: no other page is told it.
  return { title: (await getTranslations("newPassword"))("title"), referrer: "no-referrer" };
}

export default async function NewPasswordPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const t = await getTranslations("newPassword");
  if (!(await isResetOpen(context(), token))) {
    return (
      <>
        <h1 className="font-semibold text-2xl tracking-tight">{t("overTitle")}</h1>
        <p className="text-ink-soft">{t("overBody")}</p>
        <p>
          <TextLink href="/reset">{t("again")}</TextLink>
        </p>
      </>
    );
  }
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">{t("title")}</h1>
      <ActionForm
        action={choosePassword}
        hidden={{ token }}
        fields={[
          {
            name: "password",
            label: t("password"),
            hint: t("hint", { least: passwordLengthMin }),
            type: "password",
            autoComplete: "new-password",
          },
        ]}
        submit={t("submit")}
        answers={await answerTexts()}
        done={
          <Callout tone="good" title={t("doneTitle")}>
            <p>{t("doneBody")}</p>
            <p>
              <TextLink href="/sign-in">{t("signIn")}</TextLink>
            </p>
          </Callout>
        }
      />
    </>
  );
}
