import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { SignOutButton } from "@/components/shell/sign-out-button";
import { UserMenu } from "@/components/shell/user-menu";
import { LinkTabs } from "@/components/ui/link-tabs";

interface StaffFrameProps {
  hostName: string;
  user: { name: string; email: string } | null;
  here: "desk" | "customers" | "bank";
  children: ReactNode;
}

/** The frame of the staff section: who is signed in, and the way between its pages. */
export function StaffFrame({ hostName, user, here, children }: StaffFrameProps) {
  const t = useTranslations("staff");
  const words = useTranslations("shell");
  const tabs = [
    { href: "/admin", text: t("desk"), isHere: here === "desk" },
    { href: "/admin/customers", text: t("customers"), isHere: here === "customers" },
    { href: "/admin/bank", text: t("bank"), isHere: here === "bank" },
  ];
  return (
    <PlainShell
      hostName={hostName}
      menu={
        <UserMenu
          user={user}
          preferences={<Preferences />}
          signOut={<SignOutButton text={words("signOut")} failed={words("signOutFailed")} />}
        />
      }
    >
      <LinkTabs label={t("sections")} tabs={tabs} />
      {children}
    </PlainShell>
  );
}
