import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SessionList } from "@/components/settings/session-list";
import { SettingsForm } from "@/components/settings/settings-form";
import { SettingsHead } from "@/components/settings/settings-head";
import { SettingsSection } from "@/components/settings/settings-section";
import { settingsTexts } from "@/components/settings/settings-texts";
import { requireCustomer } from "@/lib/auth/current";
import { passwordLengthMin } from "@/lib/auth/password";
import { showSignIn } from "@/lib/portal/show-sign-in";
import { changePassword, endOtherSessions, endSession } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("tabSignIn") };
}

export default async function SignInSettingsPage() {
  const actor = await requireCustomer("/settings/sign-in");
  const { email, sessions } = await showSignIn(actor);
  const t = await getTranslations("settings");
  const texts = await settingsTexts();
  return (
    <>
      <SettingsHead here="/settings/sign-in" />
      <div className="grid max-w-2xl gap-10">
        <SettingsSection id="password" title={t("password")} intro={t("passwordIntro", { email })}>
          <SettingsForm
            action={changePassword}
            fields={[
              {
                name: "present",
                label: t("presentPassword"),
                value: "",
                isRequired: true,
                type: "password",
                autoComplete: "current-password",
              },
              {
                name: "next",
                label: t("newPassword"),
                hint: t("newPasswordHint", { least: passwordLengthMin }),
                value: "",
                isRequired: true,
                type: "password",
                autoComplete: "new-password",
              },
            ]}
            submit={t("changePassword")}
            done={t("passwordChanged")}
            texts={texts}
          />
        </SettingsSection>
        <SettingsSection id="sessions" title={t("sessions")} intro={t("sessionsIntro")}>
          <SessionList sessions={sessions} end={endSession} endOthers={endOtherSessions} texts={texts} />
        </SettingsSection>
      </div>
    </>
  );
}
