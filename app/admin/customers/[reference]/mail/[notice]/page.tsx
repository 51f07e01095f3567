import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { resendMail } from "@/app/admin/mail/actions";
import { staffTexts } from "@/app/admin/texts";
import { MailFailures } from "@/components/mail/mail-failures";
import { MailStateBadge } from "@/components/staff/mail-list";
import { StaffFrame } from "@/components/staff/staff-frame";
import { ActButton } from "@/components/ui/act-button";
import { Moment } from "@/components/ui/day";
import { Fact, Facts } from "@/components/ui/facts";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showMail } from "@/lib/admin/list-mail";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";

interface MailPageProps {
  params: Promise<{ reference: string; notice: string }>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffNav"))("mail") };
}

/** A mail as a customer was written it, what became of it, and sending it once more. */
export default async function MailPage({ params }: MailPageProps) {
  const given = await params;
  const reference = decodeURIComponent(given.reference);
  const customer = `/admin/customers/${encodeURIComponent(reference)}`;
  const actor = await requireStaff(`${customer}/mail/${encodeURIComponent(given.notice)}`);
  const [user, mail, t, texts] = await Promise.all([
    currentUser(),
    showMail(actor, { reference, noticeId: given.notice }),
    getTranslations("staffMail"),
    staffTexts(["mail_not_found", "mail_not_resendable"]),
  ]);
  if (!mail) notFound();
  const isOver = mail.state !== "waiting" && mail.state !== "withdrawn";
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="mail">
      <PageHead
        above={
          <TextLink href={customer}>
            <span dir="auto">{mail.customerName}</span>
          </TextLink>
        }
        title={<span dir="auto">{mail.subject}</span>}
        aside={<MailStateBadge state={mail.state} />}
      />
      <div className="grid gap-8 pb-16">
        <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-4">
          <Fact name={t("to")} className="break-all">
            {mail.email}
            {mail.copies.map((copy) => (
              <span key={copy} className="block text-ink-soft text-sm">
                {t("copyTo", { address: copy })}
              </span>
            ))}
          </Fact>
          <Fact name={t("written")}>
            <Moment at={mail.createdAt} />
          </Fact>
          <Fact name={t("taken")}>
            {mail.sentAt ? <Moment at={mail.sentAt} /> : "–"}
            <span className="block text-ink-soft text-sm">{t("attempts", { count: mail.attempts })}</span>
          </Fact>
          <Fact name={t("read")}>{mail.readAt ? <Moment at={mail.readAt} /> : "–"}</Fact>
        </Facts>
        {mail.failures.length > 0 && <MailFailures failures={mail.failures} of="this" />}
        {isOver && mayStaff(actor.role, "mail.resend") && (
          <div className="grid justify-items-start gap-2">
            <ActButton
              action={resendMail}
              input={{ customerId: mail.customerId as string, noticeId: mail.id }}
              label={t("resendLabel", { subject: mail.subject })}
              text={t("resend")}
              done={t("resent")}
              texts={texts}
            />
            <p className="max-w-prose text-ink-soft text-sm">{t("resendNote")}</p>
          </div>
        )}
        <pre
          className="max-w-prose whitespace-pre-wrap break-words rounded-lg border bg-surface p-5 font-sans"
          dir="auto"
        >
          {mail.body}
        </pre>
      </div>
    </StaffFrame>
  );
}
