import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { staffTexts } from "@/app/admin/texts";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { RenewalPreview } from "@/components/staff/renewal-preview";
import { RenewalRuns } from "@/components/staff/renewal-runs";
import { RequestedRun } from "@/components/staff/requested-run";
import { StaffFrame } from "@/components/staff/staff-frame";
import { ActButton } from "@/components/ui/act-button";
import { LinkTabs } from "@/components/ui/link-tabs";
import { PageHead } from "@/components/ui/page-head";
import { listRenewalRuns } from "@/lib/admin/list-renewal-runs";
import { previewDays, previewRenewals } from "@/lib/admin/preview-renewals";
import type { StaffActor } from "@/lib/admin/shapes";
import { showRequestedRun } from "@/lib/admin/show-requested-run";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { commonFilter, listHref, type RawSearchParams, wordIn } from "../list-params";
import { requestRenewals } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffNav"))("renewals") };
}

const path = "/admin/renewals";

/** What will be billed in the next days and what of it is covered; and what the runs so far came to. */
export default async function RenewalsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const view = wordIn(raw, "view", ["runs"]);
  const { cursor } = commonFilter(raw);
  const actor = await requireStaff(listHref(path, { view, cursor }));
  const [user, requested, t, nav, texts] = await Promise.all([
    currentUser(),
    showRequestedRun(actor),
    getTranslations("renewalRuns"),
    getTranslations("staffNav"),
    staffTexts(["run_under_way"]),
  ]);
  const isOpen = requested?.state === "waiting" || requested?.state === "running";
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="renewals">
      <PageHead title={nav("renewals")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("intro")}</p>
      </PageHead>
      {requested && <RequestedRun run={requested} />}
      {!isOpen && mayStaff(actor.role, "renewals.run") && (
        <div className="mb-6">
          <ActButton
            action={requestRenewals}
            input={{ isNow: true as const }}
            label={t("runNowLabel")}
            text={t("runNow")}
            done={t("ran")}
            texts={texts}
          />
        </div>
      )}
      <div className="mb-4">
        <LinkTabs
          label={t("views")}
          tabs={[
            { href: path, text: t("preview", { days: previewDays }), isHere: view === null },
            { href: listHref(path, { view: "runs" }), text: t("runs"), isHere: view === "runs" },
          ]}
        />
      </div>
      {view === "runs" ? <Runs actor={actor} cursor={cursor} /> : <Preview actor={actor} cursor={cursor} />}
    </StaffFrame>
  );
}

interface ViewProps {
  actor: StaffActor;
  cursor: string | null;
}

async function Preview({ actor, cursor }: ViewProps) {
  const page = await previewRenewals(actor, { cursor });
  return (
    <>
      {page.rows.length > 0 ? (
        <RenewalPreview renewals={page.rows} />
      ) : (
        <NoRows clearHref={path} isFiltered={cursor !== null} />
      )}
      <ListPager page={page} href={(next) => listHref(path, { cursor: next })} isForward />
    </>
  );
}

async function Runs({ actor, cursor }: ViewProps) {
  const page = await listRenewalRuns(actor, { cursor });
  const clearHref = listHref(path, { view: "runs" });
  return (
    <>
      {page.rows.length > 0 ? (
        <RenewalRuns runs={page.rows} />
      ) : (
        <NoRows clearHref={clearHref} isFiltered={cursor !== null} />
      )}
      <ListPager page={page} href={(next) => listHref(path, { view: "runs", cursor: next })} />
    </>
  );
}
