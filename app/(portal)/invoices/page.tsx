import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { ChooseForm } from "@/components/invoice/choose-form";
import { InvoiceFilters, isFiltered, type Refused } from "@/components/invoice/invoice-filters";
import { InvoiceTable } from "@/components/invoice/invoice-table";
import { Owed } from "@/components/invoice/owed";
import { Empty } from "@/components/ui/empty";
import { FileLink } from "@/components/ui/file-link";
import { Loading } from "@/components/ui/loading";
import { PageHead } from "@/components/ui/page-head";
import { Pager } from "@/components/ui/pager";
import { TextLink } from "@/components/ui/text-link";
import { requireCustomer } from "@/lib/auth/current";
import { listInvoices } from "@/lib/portal/list-invoices";
import type { CustomerActor, InvoiceFilter, InvoiceList as List } from "@/lib/portal/shapes";
import {
  invoicesHref,
  parseInvoiceFilter,
  type RawSearchParams,
  refusedAmounts,
  refusedDays,
} from "./search-params";

/** Counting stops here: an exact count of millions costs more than it says. */
const countMost = 10_000;

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("invoices"))("title") };
}

export default async function InvoicesPage({ searchParams }: { searchParams: Promise<RawSearchParams> }) {
  const raw = await searchParams;
  const filter = parseInvoiceFilter(raw);
  const actor = await requireCustomer(invoicesHref(filter));
  const t = await getTranslations("invoices");
  const shell = await getTranslations("shell");
  return (
    <Suspense
      fallback={
        <>
          <PageHead title={t("title")} />
          <Loading text={shell("loading")} rows={12} />
        </>
      }
    >
      <InvoiceList
        actor={actor}
        filter={filter}
        refused={{ days: refusedDays(raw), amounts: refusedAmounts(raw) }}
      />
    </Suspense>
  );
}

interface InvoiceListProps {
  actor: CustomerActor;
  filter: InvoiceFilter;
  refused: Refused;
}

async function InvoiceList({ actor, filter, refused }: InvoiceListProps) {
  const list = await listInvoices(actor, filter);
  const t = await getTranslations("invoices");
  const first = { ...filter, cursor: null };
  return (
    <>
      <PageHead title={t("title")}>
        <Owed owed={list.owed} />
      </PageHead>
      <InvoiceFilters
        filter={filter}
        services={list.services}
        refused={refused}
        statusHref={(status) => invoicesHref({ ...first, status })}
        clearHref={invoicesHref({ ...parseInvoiceFilter({}), sort: filter.sort })}
      />
      {list.page.rows.length > 0 ? (
        <Rows actor={actor} list={list} filter={filter} />
      ) : (
        <NoInvoices filter={filter} />
      )}
    </>
  );
}

interface RowsProps {
  actor: CustomerActor;
  list: List;
  filter: InvoiceFilter;
}

async function Rows({ actor, list, filter }: RowsProps) {
  const t = await getTranslations("invoices");
  const paper = await getTranslations("paper.links");
  const { rows, previous, next } = list.page;
  const step = (cursor: string | null, text: string) =>
    cursor === null ? null : { href: invoicesHref({ ...filter, cursor }), text };
  const sorted = (sort: InvoiceFilter["sort"]) => invoicesHref({ ...filter, sort, cursor: null });
  return (
    <>
      <ChooseForm
        // Choices belong to the rows that are shown.
        key={invoicesHref(filter)}
        locale={await getLocale()}
        texts={{
          bar: t("payBar"),
          pay: t.raw("payChosen"),
          counts: rows.map((_, index) => t("chosenCount", { count: index + 1 })),
          mixed: t("mixedCurrencies"),
          unchoose: t("unchoose"),
        }}
      >
        <InvoiceTable
          rows={rows}
          canPay={list.canPay}
          sort={filter.sort}
          sortHref={{ issued: sorted("issued"), due: sorted("due") }}
        />
      </ChooseForm>
      <Pager
        label={t("pages")}
        previous={step(previous, t(filter.sort === "due" ? "previousDue" : "previous"))}
        next={step(next, t(filter.sort === "due" ? "nextDue" : "next"))}
      >
        <p className="figures flex flex-wrap gap-x-5 gap-y-1 text-ink-soft text-sm">
          <span>
            {list.count > countMost
              ? t("countMany", { count: countMost })
              : t("count", { count: list.count })}
          </span>
          <FileLink
            customerId={actor.customerId}
            href={invoicesHref({ ...filter, cursor: null }, "/invoices/csv")}
          >
            {paper("csv")}
          </FileLink>
        </p>
      </Pager>
    </>
  );
}

async function NoInvoices({ filter }: { filter: InvoiceFilter }) {
  const t = await getTranslations("invoices");
  if (filter.cursor !== null) {
    return (
      <Empty title={t("pageEndTitle")}>
        <p>{t("pageEndBody")}</p>
        <TextLink href={invoicesHref({ ...filter, cursor: null })}>{t("pageEndLink")}</TextLink>
      </Empty>
    );
  }
  if (isFiltered(filter)) {
    return (
      <Empty title={t("filteredTitle")}>
        <p>{t("filteredBody")}</p>
        <TextLink href="/invoices">{t("clear")}</TextLink>
      </Empty>
    );
  }
  return (
    <Empty title={t("emptyTitle")}>
      <p>{t("emptyBody")}</p>
    </Empty>
  );
}
