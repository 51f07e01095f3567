import { useTranslations } from "next-intl";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHead } from "@/components/ui/page-head";

const tabs = [
  { href: "/settings", name: "tabCompany" },
  { href: "/settings/members", name: "tabMembers" },
  { href: "/settings/sign-in", name: "tabSignIn" },
] as const;

/** The title of each page of the settings, and the ways to the others. */
export function SettingsHead({ here }: { here: (typeof tabs)[number]["href"] }) {
  const t = useTranslations("settings");
  return (
    <>
      <PageHead title={t("title")} />
      <div className="mb-8">
        <LinkTabs
          label={t("tabs")}
          tabs={tabs.map(({ href, name }) => ({ href, text: t(name), isHere: href === here }))}
        />
      </div>
    </>
  );
}
