import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { staffTexts } from "@/app/admin/texts";
import { StaffFrame } from "@/components/staff/staff-frame";
import { ActButton } from "@/components/ui/act-button";
import { FileLink } from "@/components/ui/file-link";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showTemplate } from "@/lib/admin/mail-templates";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { currentHost } from "@/lib/auth/host";
import { mayStaff } from "@/lib/auth/staff-rights";
import { listHref, type RawSearchParams, wordIn } from "../../../list-params";
import { sendTestMail } from "../../actions";

interface TemplatePageProps {
  params: Promise<{ kind: string }>;
  searchParams: Promise<RawSearchParams>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffMail"))("template") };
}

const languages = ["en", "zh"] as const;

/** A mail from invented facts: its text in each language, its HTML beside it, and one to oneself. */
export default async function TemplatePage({ params, searchParams }: TemplatePageProps) {
  const { kind } = await params;
  const locale = wordIn(await searchParams, "language", languages) ?? "en";
  const path = `/admin/mail/templates/${encodeURIComponent(kind)}`;
  const actor = await requireStaff(path);
  const [user, host, t, texts] = await Promise.all([
    currentUser(),
    currentHost(),
    getTranslations("staffMail"),
    staffTexts(["template_not_found", "test_not_sent"]),
  ]);
  const template = await showTemplate(actor, { name: kind }, { hostName: host.name, locale });
  if (!template) notFound();
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="mail">
      <PageHead
        above={<TextLink href="/admin/mail/templates">{t("templates")}</TextLink>}
        title={t(`template_${template.name}`)}
      />
      <div className="grid gap-6 pb-16">
        <LinkTabs
          label={t("language")}
          tabs={languages.map((one) => ({
            href: listHref(path, { language: one }),
            text: t(`language_${one}`),
            isHere: one === locale,
          }))}
        />
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
          <FileLink href={`${path}/html?${new URLSearchParams({ language: locale })}`}>
            {t("asHtml")}
          </FileLink>
          {mayStaff(actor.role, "mail.resend") && (
            <ActButton
              action={sendTestMail}
              input={{ name: template.name as string }}
              label={t("sendTestLabel", { email: user?.email ?? "" })}
              text={t("sendTest")}
              done={t("testSent", { email: user?.email ?? "" })}
              texts={texts}
            />
          )}
        </div>
        <section aria-labelledby="subject" className="max-w-prose" lang={locale}>
          <h2 id="subject" className="mb-3 font-semibold text-lg" dir="auto">
            {template.subject}
          </h2>
          <pre
            className="whitespace-pre-wrap break-words rounded-lg border bg-surface p-5 font-sans"
            dir="auto"
          >
            {template.text}
          </pre>
        </section>
      </div>
    </StaffFrame>
  );
}
