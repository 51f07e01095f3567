import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListFilters } from "@/components/staff/list-filters";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { ServiceList } from "@/components/staff/service-list";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { listPlans } from "@/lib/admin/list-plans";
import { listServices, type ServiceView, serviceViews } from "@/lib/admin/list-services";
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
  const { cursor, text } = commonFilter(raw);
  const actor = await requireStaff(listHref(path, { state: view, q: text, plan: oneOf(raw, "plan") }));
  const [user, plans, t, words] = await Promise.all([
    currentUser(),
    listPlans(actor),
    getTranslations("staff"),
    getTranslations("staffList"),
  ]);
  const plan = plans.find(({ key }) => key === oneOf(raw, "plan")) ?? null;
  const page = await listServices(actor, { view, planId: plan?.id ?? null, text, cursor });
  const state = { q: text, plan: plan?.key ?? null };
  const isFiltered = view !== null || plan !== null || text !== null || cursor !== null;
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
        filter={{ text }}
        select={{
          name: "plan",
          label: words("plan"),
          value: plan?.key ?? null,
          options: plans.map(({ key, name }) => ({ value: key, text: name })),
        }}
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
