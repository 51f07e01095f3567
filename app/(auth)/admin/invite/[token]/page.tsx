import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/app/(auth)/answers";
import { ActionForm } from "@/components/sign-in/action-form";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { openInvite } from "@/lib/admin/invite-staff";
import { currentHost } from "@/lib/auth/host";
import { passwordLengthMin } from "@/lib/auth/password";
import { acceptInvite } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  // The address is a secret: no other page is told it.
  return { title: (await getTranslations("staffInvitation"))("title"), referrer: "no-referrer" };
}

/** Where somebody who is invited to work here makes their login. */
export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const [t, first, desk] = await Promise.all([
    getTranslations("staffInvitation"),
    getTranslations("firstAdmin"),
    getTranslations("desk"),
  ]);
  const invite = await openInvite(token);
  if (!invite) {
    return (
      <>
        <h1 className="font-semibold text-2xl tracking-tight">{t("overTitle")}</h1>
        <p className="text-ink-soft">{t("overBody")}</p>
        <p>
          <TextLink href="/admin/sign-in">{first("signIn")}</TextLink>
        </p>
      </>
    );
  }
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">
        {t("heading", { host: (await currentHost()).name })}
      </h1>
      <p className="text-ink-soft">
        {t("intro", { email: invite.email, role: desk(`role_${invite.role}`) })}
      </p>
      <ActionForm
        action={acceptInvite}
        hidden={{ token }}
        fields={[
          { name: "name", label: first("name"), autoComplete: "name", maxLength: 200 },
          {
            name: "password",
            label: first("password"),
            hint: first("hint", { least: passwordLengthMin }),
            type: "password",
            autoComplete: "new-password",
          },
        ]}
        submit={t("submit")}
        answers={await answerTexts()}
        done={
          <Callout tone="good" title={t("doneTitle")}>
            <p>
              <TextLink href="/admin/sign-in">{first("signIn")}</TextLink>
            </p>
          </Callout>
        }
      />
    </>
  );
}
