import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PortalShell } from "@/components/shell/portal-shell";
import { Preferences } from "@/components/shell/preferences";
import { SignOutButton } from "@/components/shell/sign-out-button";
import { UserMenu } from "@/components/shell/user-menu";
import { context } from "@/lib/auth/context";
import { currentUser } from "@/lib/auth/current";

/** The frame only: each page asks by itself who is there, and sends the signed-out away. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  if (!user) return children;
  const t = await getTranslations("shell");
  return (
    <PortalShell
      hostName={context().settings.hostName}
      menu={
        <UserMenu
          user={{ name: user.name, email: user.email }}
          preferences={<Preferences />}
          signOut={<SignOutButton text={t("signOut")} failed={t("signOutFailed")} />}
        />
      }
    >
      {children}
    </PortalShell>
  );
}
