import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/app/(auth)/answers";
import { becomeFirstAdmin } from "@/app/(auth)/first-admin/[token]/actions";
import { ActionForm } from "@/components/sign-in/action-form";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { context } from "@/lib/auth/context";
import { isFirstAdminOpen } from "@/lib/auth/first-admin";
import { passwordLengthMin } from "@/lib/auth/password";

export async function generateMetadata(): Promise<Metadata> {
  // The address is a secret: no other page is told it.
  return { title: (await getTranslations("firstAdmin"))("title"), referrer: "no-referrer" };
}

export default async function FirstAdminPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const t = await getTranslations("firstAdmin");
  if (!(await isFirstAdminOpen(context(), token))) {
    return (
      <>
        <h1 className="font-semibold text-2xl tracking-tight">{t("overTitle")}</h1>
        <p className="text-ink-soft">{t("overBody")}</p>
        <p>
          <TextLink href="/sign-in">{t("signIn")}</TextLink>
        </p>
      </>
    );
  }
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">{t("title")}</h1>
      <p className="text-ink-soft">{t("intro")}</p>
      <ActionForm
        action={becomeFirstAdmin}
        hidden={{ token }}
        fields={[
          { name: "name", label: t("name"), autoComplete: "name", maxLength: 200 },
          { name: "email", label: t("email"), type: "email", autoComplete: "username", maxLength: 254 },
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
            <p>
              <TextLink href="/sign-in">{t("signIn")}</TextLink>
            </p>
          </Callout>
        }
      />
    </>
  );
}
