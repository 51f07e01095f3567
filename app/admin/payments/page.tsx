import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ListFilters } from "@/components/staff/list-filters";
import { ListPager, NoRows } from "@/components/staff/list-pager";
import { PaymentList } from "@/components/staff/payment-list";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { listPayments, type PaymentGroup, paymentFundings, paymentGroups } from "@/lib/admin/list-payments";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { commonFilter, listHref, type RawSearchParams, wordIn } from "../list-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("payments") };
}

const path = "/admin/payments";

export default async function PaymentsPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const group = wordIn(raw, "state", paymentGroups);
  const funding = wordIn(raw, "how", paymentFundings);
  const { cursor, ...common } = commonFilter(raw);
  const state = { how: funding, q: common.text, from: common.from, to: common.to };
  const actor = await requireStaff(listHref(path, { state: group, ...state }));
  const [user, page, t, words] = await Promise.all([
    currentUser(),
    listPayments(actor, { ...common, group, funding, cursor }),
    getTranslations("staff"),
    getTranslations("staffList"),
  ]);
  const isFiltered =
    group !== null || Object.values(state).some((value) => value !== null) || cursor !== null;
  const tab = (name: PaymentGroup | null) => ({
    href: listHref(path, { state: name, ...state }),
    text: words(`payments_${name ?? "all"}`),
    isHere: name === group,
  });
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="payments">
      <PageHead title={t("payments")} />
      <ListFilters
        path={path}
        tabs={{ label: words("byState"), all: [tab(null), ...paymentGroups.map(tab)] }}
        searchLabel={words("searchPayments")}
        filter={common}
        days={{ from: words("startedFrom"), to: words("startedTo") }}
        select={{
          name: "how",
          label: t("how"),
          value: funding,
          options: paymentFundings.map((value) => ({ value, text: t(`funding_${value}`) })),
        }}
        hidden={{ state: group }}
        clearHref={isFiltered ? path : null}
      />
      {page.rows.length > 0 ? (
        <PaymentList payments={page.rows} />
      ) : (
        <NoRows clearHref={path} isFiltered={isFiltered} />
      )}
      <ListPager page={page} href={(next) => listHref(path, { state: group, ...state, cursor: next })} />
    </StaffFrame>
  );
}
