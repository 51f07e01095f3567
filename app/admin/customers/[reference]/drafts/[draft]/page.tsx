import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { DraftFigures } from "@/components/draft/draft-figures";
import { DraftForm } from "@/components/draft/draft-form";
import { draftTexts } from "@/components/draft/draft-texts";
import { ActionForm } from "@/components/sign-in/action-form";
import { StaffFrame } from "@/components/staff/staff-frame";
import { Callout } from "@/components/ui/callout";
import { Moment } from "@/components/ui/day";
import { FileLink } from "@/components/ui/file-link";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showDraft } from "@/lib/admin/show-draft";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { type InvoiceDraftId, newId } from "@/lib/kernel/id";
import { discardDraft, issueDraft, saveDraft } from "../actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("draft"))("title") };
}

interface DraftPageProps {
  params: Promise<{ reference: string; draft: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** An invoice by hand: new, as it was kept, or what became of it. */
export default async function DraftPage({ params, searchParams }: DraftPageProps) {
  const { reference: given, draft } = await params;
  const reference = decodeURIComponent(given);
  const back = `/admin/customers/${encodeURIComponent(reference)}`;
  const actor = await requireStaff(`${back}/drafts/${draft}`);
  const wish = { reference, draftId: draft === "new" ? null : draft, newId: newId<InvoiceDraftId>() };
  const [user, shown, texts, t, ask, { saved }] = await Promise.all([
    currentUser(),
    showDraft(actor, wish),
    draftTexts(),
    getTranslations("draft"),
    getTranslations("ask"),
    searchParams,
  ]);
  if (!shown) notFound();
  const { customerId, draftId, version, issuedAs, changed } = shown;
  const seen = { customerId, draftId, version: String(version) };
  const mayWrite = mayStaff(actor.role, "invoice.write") && !shown.isClosed;
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="customers">
      <PageHead
        above={
          <TextLink href={back}>
            <span dir="auto">{shown.name}</span>
          </TextLink>
        }
        title={t("title")}
      >
        {changed && (
          <p className="mt-1 text-ink-soft text-sm">
            {t("changedBy", { name: changed.by })} · <Moment at={changed.at} />
          </p>
        )}
      </PageHead>
      <div className="max-w-4xl pb-16">
        {issuedAs !== null && (
          <Callout tone="good" role="status" title={t("issued", { number: issuedAs })}>
            <FileLink href={`${back}/invoices/${encodeURIComponent(issuedAs)}/pdf`}>{t("pdf")}</FileLink>
          </Callout>
        )}
        {issuedAs === null && !mayWrite && (
          <>
            <Callout tone="warn">
              <p>{shown.isClosed ? texts.customer_closed : texts.not_allowed}</p>
            </Callout>
            {shown.totals && <DraftFigures totals={shown.totals} />}
          </>
        )}
        {issuedAs === null && mayWrite && (
          <>
            {saved === String(version) && (
              <Callout tone="good" role="status" className="mb-6">
                <p>{t("saved")}</p>
              </Callout>
            )}
            <DraftForm
              // What was kept is what the form begins from again.
              key={`${draftId} ${version}`}
              action={saveDraft}
              hidden={{ ...seen, currency: shown.currency }}
              dueDays={String(shown.dueDays)}
              note={shown.note}
              lines={shown.lines}
              taxRate={shown.taxRate}
              texts={{ ...texts, unit: t("unit", { currency: shown.currency }) }}
            >
              {version > 0 && (
                <section aria-labelledby="as-issued" className="mt-10 grid gap-6 border-t pt-6 sm:max-w-md">
                  <h2 id="as-issued" className="font-semibold text-lg">
                    {t("asIssued")}
                  </h2>
                  {shown.totals && (
                    <>
                      <DraftFigures totals={shown.totals} />
                      <FileLink href={`${back}/drafts/${draftId}/pdf`} className="justify-self-start">
                        {t("preview")}
                      </FileLink>
                    </>
                  )}
                  <ActionForm
                    action={issueDraft}
                    hidden={seen}
                    fields={[]}
                    submit={t("issue")}
                    ask={{
                      title: ask("issueTitle"),
                      lines: [ask("issueNumber"), ask("issueFixed")],
                      confirm: ask("issueConfirm"),
                      keep: ask("keep"),
                      isDangerous: false,
                    }}
                    answers={texts}
                    said={t("issuedShort")}
                  />
                  <details>
                    <summary className="cursor-pointer text-accent text-sm">{t("discard")}</summary>
                    <div className="mt-3 grid gap-3">
                      <p className="text-ink-soft text-sm">{t("discardNote")}</p>
                      <ActionForm
                        action={discardDraft}
                        hidden={seen}
                        fields={[]}
                        submit={t("discardSure")}
                        answers={texts}
                        said={t("discarded")}
                      />
                    </div>
                  </details>
                </section>
              )}
            </DraftForm>
          </>
        )}
      </div>
    </StaffFrame>
  );
}
