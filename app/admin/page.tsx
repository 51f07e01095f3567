import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { SignOutButton } from "@/components/shell/sign-out-button";
import { UserMenu } from "@/components/shell/user-menu";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("title") };
}

export default async function StaffPage() {
  const { role } = await requireStaff("auditor", "/admin");
  const user = await currentUser();
  const t = await getTranslations("staff");
  const words = await getTranslations("shell");
  return (
    <PlainShell
      hostName={context().settings.hostName}
      menu={
        <UserMenu
          user={user}
          preferences={<Preferences />}
          signOut={<SignOutButton text={words("signOut")} failed={words("signOutFailed")} />}
        />
      }
    >
      <div className="grid max-w-prose gap-3 pt-12 sm:pt-20">
        <h1 className="font-semibold text-2xl tracking-tight">{t("title")}</h1>
        <p className="text-ink-soft">{t("body", { role: t(`role_${role}`) })}</p>
      </div>
    </PlainShell>
  );
}
