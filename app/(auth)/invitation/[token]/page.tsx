import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/app/(auth)/answers";
import { ActionForm } from "@/components/sign-in/action-form";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import { signInPath } from "@/lib/auth/callback-path";
import { currentUser } from "@/lib/auth/current";
import { passwordLengthMin } from "@/lib/auth/password";
import { type InvitationView, showInvitation } from "@/lib/portal/accept-invitation";
import { acceptInvitation, joinAsNew } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  // The address is a secret: no other page is told it.
  return { title: (await getTranslations("invitation"))("title"), referrer: "no-referrer" };
}

export default async function InvitationPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const invitation = await showInvitation(token);
  const t = await getTranslations("invitation");
  if (!invitation) {
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
  const { customer, role } = invitation;
  const settings = await getTranslations("settings");
  return (
    <>
      <h1 className="break-words font-semibold text-2xl tracking-tight">{t("heading", { customer })}</h1>
      <p className="text-ink-soft">
        {t("role", { role: settings(`role_${role}`), what: settings(`roleWhat_${role}`) })}
      </p>
      <Answer token={token} invitation={invitation} />
    </>
  );
}

async function Answer({ token, invitation }: { token: string; invitation: InvitationView }) {
  const { email, hasLogin } = invitation;
  const t = await getTranslations("invitation");
  const user = await currentUser();
  const answers = {
    ...(await answerTexts()),
    invitation_not_valid: t("invitation_not_valid"),
    invited_as_another: t("invited_as_another"),
    name_missing: t("name_missing"),
  };
  if (user?.email === email) {
    return (
      <ActionForm
        action={acceptInvitation}
        hidden={{ token }}
        fields={[]}
        submit={t("accept")}
        answers={answers}
        done={null}
      />
    );
  }
  if (user) {
    return (
      <Callout tone="warn">
        <p>{t("otherUser", { own: user.email, email })}</p>
      </Callout>
    );
  }
  if (hasLogin) {
    return (
      <>
        <p>{t("hasLogin", { email })}</p>
        <p>
          <TextLink href={signInPath(`/invitation/${token}`)}>{t("signIn")}</TextLink>
        </p>
      </>
    );
  }
  return (
    <>
      <p>{t("newIntro", { email })}</p>
      <ActionForm
        action={joinAsNew}
        hidden={{ token }}
        fields={[
          { name: "name", label: t("name"), autoComplete: "name", maxLength: 200 },
          {
            name: "password",
            label: t("password"),
            hint: t("hint", { least: passwordLengthMin }),
            type: "password",
            autoComplete: "new-password",
          },
        ]}
        submit={t("submit")}
        answers={answers}
        done={
          <Callout tone="good" title={t("doneTitle")}>
            <p>{t("doneBody", { email })}</p>
            <p>
              <TextLink href="/sign-in">{t("signIn")}</TextLink>
            </p>
          </Callout>
        }
      />
    </>
  );
}
