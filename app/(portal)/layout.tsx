import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { switchCustomer } from "@/app/(portal)/actions";
import { CustomerSwitch } from "@/components/shell/customer-switch";
import { PortalShell } from "@/components/shell/portal-shell";
import { Preferences } from "@/components/shell/preferences";
import { SignOutButton } from "@/components/shell/sign-out-button";
import { UserMenu } from "@/components/shell/user-menu";
import { context } from "@/lib/auth/context";
import { currentUser, customerOf } from "@/lib/auth/current";
import { listOwnCustomers } from "@/lib/portal/list-own-customers";
import { countUnread } from "@/lib/portal/show-inbox";

/** The frame only: each page asks by itself who is there, and sends the signed-out away. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const user = await currentUser();
  if (!user) return children;
  const actor = await customerOf(user);
  const [t, settings, unread, customers] = await Promise.all([
    getTranslations("shell"),
    getTranslations("settings"),
    actor ? countUnread(actor) : 0,
    listOwnCustomers(user),
  ]);
  return (
    <PortalShell
      hostName={context().settings.hostName}
      unread={unread}
      menu={
        <UserMenu
          user={{ name: user.name, email: user.email }}
          links={actor ? [{ href: "/settings", text: settings("menuSettings") }] : []}
          others={
            customers.length > 1 && (
              <CustomerSwitch
                customers={customers}
                current={actor?.customerId}
                action={switchCustomer}
                texts={{ legend: settings("switchTo"), here: settings("switchHere") }}
              />
            )
          }
          preferences={<Preferences />}
          signOut={<SignOutButton text={t("signOut")} failed={t("signOutFailed")} />}
        />
      }
    >
      {children}
    </PortalShell>
  );
}
