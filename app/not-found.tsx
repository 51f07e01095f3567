import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { SignOutButton } from "@/components/shell/sign-out-button";
import { UserMenu } from "@/components/shell/user-menu";
import { StaffFrame } from "@/components/staff/staff-frame";
import { buttonLook } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { context } from "@/lib/auth/context";
import { currentUser, staffOf } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notFound"))("title") };
}

/** In the frame of whoever is signed in: an address that is not there has signed nobody out. */
export default async function NotFound() {
  const [user, nav] = await Promise.all([currentUser(), getTranslations("staffNav")]);
  const hostName = context().settings.hostName;
  if (user && staffOf(user)) {
    return (
      <StaffFrame hostName={hostName} user={user} here={null}>
        <Nothing home="/admin" text={nav("desk")} />
      </StaffFrame>
    );
  }
  const words = await getTranslations("shell");
  const signOut = user && <SignOutButton text={words("signOut")} failed={words("signOutFailed")} />;
  return (
    <PlainShell
      hostName={hostName}
      menu={<UserMenu user={user} preferences={<Preferences />} signOut={signOut} />}
    >
      <Nothing home="/" text={(await getTranslations("notFound"))("home")} />
    </PlainShell>
  );
}

async function Nothing({ home, text }: { home: "/" | "/admin"; text: ReactNode }) {
  const t = await getTranslations("notFound");
  return (
    <div className="grid max-w-prose justify-items-start gap-3 pt-12 sm:pt-20">
      <h1 className="font-semibold text-2xl tracking-tight">{t("title")}</h1>
      <p className="text-ink-soft">{t("body")}</p>
      <Link href={home} className={`${buttonLook("primary")} mt-2`}>
        {text}
      </Link>
    </div>
  );
}
