import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { switchCustomer } from "@/app/(portal)/actions";
import { CustomerSwitch } from "@/components/shell/customer-switch";
import { PortalShell } from "@/components/shell/portal-shell";
import { Preferences } from "@/components/shell/preferences";
import { SignOutButton } from "@/components/shell/sign-out-button";
import { UserMenu } from "@/components/shell/user-menu";
import type { CustomerActor, SignedIn } from "@/lib/auth/actor";
import { context } from "@/lib/auth/context";
import { listOwnCustomers } from "@/lib/portal/list-own-customers";
import { countUnread } from "@/lib/portal/show-inbox";

interface PortalFrameProps {
  user: SignedIn;
  /** The customer they act for; null where they have none. */
  actor: CustomerActor | null;
  children: ReactNode;
}

/** Header, sections and menu around every page of who is signed in. */
export async function PortalFrame({ user, actor, children }: PortalFrameProps) {
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
