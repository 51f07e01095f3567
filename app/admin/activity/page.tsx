import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ActivityTable } from "@/components/staff/activity-table";
import { ListFilters } from "@/components/staff/list-filters";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { activityActors, listActivities } from "@/lib/admin/list-activities";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { commonFilter, listHref, type RawSearchParams, wordIn } from "../list-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("activity") };
}

const path = "/admin/activity";

/** Who did what, when and why, over all customers. It is only ever added to. */
export default async function ActivityPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const by = wordIn(raw, "by", activityActors);
  const { cursor, ...common } = commonFilter(raw);
  const state = { by, q: common.text, from: common.from, to: common.to };
  const actor = await requireStaff(listHref(path, state));
  const [user, page, t, words] = await Promise.all([
    currentUser(),
    listActivities(actor, { ...common, actor: by, cursor }),
    getTranslations("staff"),
    getTranslations("staffList"),
  ]);
  const isFiltered = Object.values(state).some((value) => value !== null) || cursor !== null;
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="activity">
      <PageHead title={t("activity")}>
        <p className="mt-1 max-w-prose text-ink-soft">{words("activityIntro")}</p>
      </PageHead>
      <ListFilters
        path={path}
        searchLabel={words("searchActivity")}
        filter={common}
        days={{ from: words("happenedFrom"), to: words("happenedTo") }}
        select={{
          name: "by",
          label: t("who"),
          value: by,
          options: activityActors.map((value) => ({ value, text: t(`actor_${value}`) })),
        }}
        clearHref={isFiltered ? path : null}
      />
      {page.rows.length > 0 ? (
        <ActivityTable label={t("activity")} activities={page.rows} withCustomer />
      ) : (
        <NoRows clearHref={path} isFiltered={isFiltered} />
      )}
      <ListPager page={page} href={(next) => listHref(path, { ...state, cursor: next })} />
    </StaffFrame>
  );
}
