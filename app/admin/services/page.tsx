import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListFilters } from "@/components/staff/list-filters";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { ServiceList } from "@/components/staff/service-list";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { listPlans } from "@/lib/admin/list-plans";
import { listServices, type ServiceView, serviceRenewals, serviceViews } from "@/lib/admin/list-services";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { commonFilter, listHref, oneOf, type RawSearchParams, wordIn } from "../list-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("services") };
}

const path = "/admin/services";

/** Services of all customers: what expires, what is past its day, what is suspended or about to end. */
export default async function ServicesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const view = wordIn(raw, "state", serviceViews);
  const renews = wordIn(raw, "renews", serviceRenewals);
  const { cursor, ...common } = commonFilter(raw);
  const said = { q: common.text, renews, from: common.from, to: common.to };
  const actor = await requireStaff(listHref(path, { state: view, ...said, plan: oneOf(raw, "plan") }));
  const [user, plans, t, words] = await Promise.all([
    currentUser(),
    listPlans(actor),
    getTranslations("staff"),
    getTranslations("staffList"),
  ]);
  const plan = plans.find(({ key }) => key === oneOf(raw, "plan")) ?? null;
  const page = await listServices(actor, { ...common, view, renews, planId: plan?.id ?? null, cursor });
  const state = { ...said, plan: plan?.key ?? null };
  const isFiltered = view !== null || Object.values(state).some((value) => value !== null) || cursor !== null;
  const tab = (name: ServiceView | null) => ({
    href: listHref(path, { state: name, ...state }),
    text: words(`services_${name ?? "all"}`),
    isHere: name === view,
  });
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="services">
      <PageHead title={t("services")} />
      <ListFilters
        path={path}
        tabs={{ label: words("byState"), all: [tab(null), ...serviceViews.map(tab)] }}
        searchLabel={words("searchServices")}
        filter={common}
        selects={[
          {
            name: "plan",
            label: words("plan"),
            value: plan?.key ?? null,
            options: plans.map(({ key, name }) => ({ value: key, text: name })),
          },
          {
            name: "renews",
            label: words("renews"),
            value: renews,
            options: serviceRenewals.map((value) => ({ value, text: words(`renews_${value}`) })),
          },
        ]}
        days={{ from: words("expiresFrom"), to: words("expiresTo") }}
        hidden={{ state: view }}
        clearHref={isFiltered ? path : null}
      />
      {page.rows.length > 0 ? (
        <ServiceList services={page.rows} />
      ) : (
        <NoRows clearHref={path} isFiltered={isFiltered} />
      )}
      <ListPager
        page={page}
        href={(next) => listHref(path, { state: view, ...state, cursor: next })}
        isForward
      />
    </StaffFrame>
  );
}
