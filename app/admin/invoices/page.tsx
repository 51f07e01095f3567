import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { InvoiceList } from "@/components/staff/invoice-list";
import { ListFilters } from "@/components/staff/list-filters";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { type InvoicesFilter, listInvoices } from "@/lib/admin/list-invoices";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { commonFilter, listHref, type RawSearchParams, wordIn } from "../list-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("invoices") };
}

const path = "/admin/invoices";

/** The words of the address, and the states that each stands for. */
const views = {
  open: ["open", "past_due", "partly_paid", "in_progress"],
  past_due: ["past_due"],
  in_progress: ["in_progress"],
  paid: ["paid"],
  void: ["void", "written_off"],
} as const satisfies Record<string, InvoicesFilter["status"]>;
const viewNames = Object.keys(views) as (keyof typeof views)[];

export default async function InvoicesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const view = wordIn(raw, "state", viewNames);
  const { cursor, ...common } = commonFilter(raw);
  const state = { q: common.text, from: common.from, to: common.to };
  const actor = await requireStaff(listHref(path, { state: view, ...state }));
  const [user, page, t, words] = await Promise.all([
    currentUser(),
    listInvoices(actor, { ...common, status: view ? views[view] : [], cursor }),
    getTranslations("staff"),
    getTranslations("staffList"),
  ]);
  const isFiltered = view !== null || Object.values(state).some((value) => value !== null) || cursor !== null;
  const tab = (name: keyof typeof views | null) => ({
    href: listHref(path, { state: name, ...state }),
    text: words(`invoices_${name ?? "all"}`),
    isHere: name === view,
  });
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="invoices">
      <PageHead title={t("invoices")} />
      <ListFilters
        path={path}
        tabs={{ label: words("byState"), all: [tab(null), ...viewNames.map(tab)] }}
        searchLabel={words("searchInvoices")}
        filter={common}
        days={{ from: words("issuedFrom"), to: words("issuedTo") }}
        hidden={{ state: view }}
        clearHref={isFiltered ? path : null}
      />
      {page.rows.length > 0 ? (
        <InvoiceList invoices={page.rows} />
      ) : (
        <NoRows clearHref={path} isFiltered={isFiltered} />
      )}
      <ListPager page={page} href={(next) => listHref(path, { state: view, ...state, cursor: next })} />
    </StaffFrame>
  );
}
