import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { UserMenu } from "@/components/shell/user-menu";
import { buttonLook } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { context } from "@/lib/auth/context";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("notFound"))("title") };
}

export default async function NotFound() {
  const t = await getTranslations("notFound");
  return (
    <PlainShell
      hostName={context().settings.hostName}
      menu={<UserMenu user={null} preferences={<Preferences />} />}
    >
      <div className="grid max-w-prose justify-items-start gap-3 pt-12 sm:pt-20">
        <h1 className="font-semibold text-2xl tracking-tight">{t("title")}</h1>
        <p className="text-ink-soft">{t("body")}</p>
        <Link href="/" className={`${buttonLook("primary")} mt-2`}>
          {t("home")}
        </Link>
      </div>
    </PlainShell>
  );
}
