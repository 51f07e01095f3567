import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PortalFrame } from "@/app/(portal)/portal-frame";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { UserMenu } from "@/components/shell/user-menu";
import { StaffFrame } from "@/components/staff/staff-frame";
import { buttonLook } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { context } from "@/lib/auth/context";
import { currentUser, customerOf, staffOf } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notFound"))("title") };
}

/** In the frame of whoever is signed in, with their way between pages: an address that is not there has signed nobody out. */
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
  const nothing = <Nothing home="/" text={(await getTranslations("notFound"))("home")} />;
  if (user) {
    return (
      <PortalFrame user={user} actor={await customerOf(user)}>
        {nothing}
      </PortalFrame>
    );
  }
  return (
    <PlainShell hostName={hostName} menu={<UserMenu user={null} preferences={<Preferences />} />}>
      {nothing}
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
