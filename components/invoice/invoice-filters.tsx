import { ListFilter, Search } from "lucide-react";
import { useTranslations } from "next-intl";
import { buttonLook } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/choice";
import { classNames } from "@/components/ui/class-names";
import { DayFields } from "@/components/ui/day-fields";
import { Field } from "@/components/ui/field";
import { FilterForm } from "@/components/ui/filter-form";
import { Input, Select } from "@/components/ui/input";
import { Link } from "@/components/ui/link";
import { LinkTabs } from "@/components/ui/link-tabs";
import type { DayRange } from "@/lib/kernel/calendar";
import type { InvoiceFilter, InvoiceList, InvoiceStatus } from "@/lib/portal/shapes";

/** What was asked for and ends before it begins, so that the list leaves it out. */
export interface Refused {
  days: DayRange | null;
  amounts: { from: string | null; to: string | null } | null;
}

interface InvoiceFiltersProps {
  filter: InvoiceFilter;
  services: InvoiceList["services"];
  /** The list with these statuses and all else as it is. */
  statusHref: (status: readonly InvoiceStatus[]) => string;
  clearHref: string;
  refused: Refused;
}

const tabs = [
  { name: "tabAll", status: [] },
  { name: "tabOpen", status: ["open", "past_due", "partly_paid"] },
  { name: "tabProgress", status: ["in_progress"] },
  { name: "tabPaid", status: ["paid"] },
  { name: "tabClosed", status: ["void", "written_off"] },
] as const satisfies readonly { name: string; status: readonly InvoiceStatus[] }[];

/** The URL is the list's whole state: tabs are links, the rest is a form that asks for an address. */
export function InvoiceFilters(props: InvoiceFiltersProps) {
  const { filter, services, statusHref, clearHref, refused } = props;
  const t = useTranslations("invoices");
  return (
    <div className="grid gap-3 pb-3">
      <LinkTabs
        label={t("tabs")}
        tabs={tabs.map(({ name, status }) => ({
          href: statusHref(status),
          text: t(name),
          isHere: sameStatuses(status, filter.status),
        }))}
      />
      <FilterForm action="/invoices" className="relative flex flex-wrap items-start gap-2">
        {filter.sort !== "issued" && <input type="hidden" name="sort" value={filter.sort} />}
        <div className="relative min-w-56 flex-1 sm:max-w-80">
          <Search aria-hidden="true" className="absolute top-3 left-3 size-4 text-ink-soft" />
          <Input
            type="search"
            name="q"
            key={filter.text}
            defaultValue={filter.text ?? ""}
            maxLength={100}
            aria-label={t("search")}
            placeholder={t("search")}
            className="pl-9"
          />
        </div>
        <MoreFilters filter={filter} services={services} refused={refused} />
        {(filter.text !== null || countMore(filter) > 0 || isRefused(refused)) && (
          <Link href={clearHref} className={buttonLook("quiet")}>
            {t("clear")}
          </Link>
        )}
      </FilterForm>
    </div>
  );
}

function MoreFilters(props: Pick<InvoiceFiltersProps, "filter" | "services" | "refused">) {
  const { filter, services, refused } = props;
  const t = useTranslations("invoices");
  const count = countMore(filter);
  return (
    <details className="group" key={JSON.stringify([filter, refused])} open={isRefused(refused)}>
      <summary className={classNames(buttonLook("secondary"), "list-none gap-2")}>
        <ListFilter aria-hidden="true" className="size-4" />
        {count === 0 ? t("filters") : t("filtersOn", { count })}
      </summary>
      <div className="absolute inset-x-0 z-20 mt-2 grid gap-5 rounded-lg border bg-surface p-4 shadow-float sm:max-w-2xl sm:p-5">
        <StatusChoices chosen={filter.status} />
        <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
          <DayFields
            range={refused.days ?? { from: filter.issuedFrom, to: filter.issuedTo }}
            isRefused={refused.days !== null}
            labels={{ from: t("issuedFrom"), to: t("issuedTo") }}
            className="min-w-0"
          />
          <AmountFields
            range={refused.amounts ?? { from: filter.amountFrom, to: filter.amountTo }}
            isRefused={refused.amounts !== null}
          />
        </div>
        <Field id="service" label={t("service")}>
          {(control) => (
            <Select {...control} name="service" defaultValue={filter.serviceId ?? ""}>
              <option value="">{t("anyService")}</option>
              {services.map((service) => (
                <option key={service.id} value={service.id}>
                  {service.label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <button type="submit" className={classNames(buttonLook("primary"), "justify-self-start")}>
          {t("apply")}
        </button>
      </div>
    </details>
  );
}

function AmountFields({ range, isRefused }: { range: NonNullable<Refused["amounts"]>; isRefused: boolean }) {
  const t = useTranslations("invoices");
  return (
    <>
      <Field id="amount-from" label={t("amountFrom")} className="min-w-0">
        {(control) => <Input {...control} inputMode="decimal" name="min" defaultValue={range.from ?? ""} />}
      </Field>
      <Field
        id="amount-to"
        label={t("amountTo")}
        className="min-w-0"
        error={isRefused && <span role="alert">{t("amountsReversed")}</span>}
      >
        {(control) => <Input {...control} inputMode="decimal" name="max" defaultValue={range.to ?? ""} />}
      </Field>
    </>
  );
}

const statuses: readonly InvoiceStatus[] = [
  "open",
  "past_due",
  "partly_paid",
  "in_progress",
  "paid",
  "void",
  "written_off",
];

function StatusChoices({ chosen }: { chosen: readonly InvoiceStatus[] }) {
  const t = useTranslations("invoices");
  const words = useTranslations("status");
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium text-sm">{t("states")}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {statuses.map((status) => (
          <label key={status} className="flex min-h-8 cursor-pointer items-center gap-2">
            <Checkbox name="status" value={status} defaultChecked={chosen.includes(status)} />
            {words(status)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function isRefused({ days, amounts }: Refused): boolean {
  return days !== null || amounts !== null;
}

/** Whether the list shows less than everything. */
export function isFiltered(filter: InvoiceFilter): boolean {
  return filter.text !== null || filter.status.length > 0 || countMore(filter) > 0;
}

function countMore(filter: InvoiceFilter): number {
  const isTab = tabs.some((tab) => sameStatuses(tab.status, filter.status));
  const { issuedFrom, issuedTo, amountFrom, amountTo, serviceId } = filter;
  const set = [issuedFrom, issuedTo, amountFrom, amountTo, serviceId].filter(
    (value) => value !== null,
  ).length;
  return set + (isTab ? 0 : 1);
}

function sameStatuses(a: readonly InvoiceStatus[], b: readonly InvoiceStatus[]): boolean {
  return a.length === b.length && a.every((status) => b.includes(status));
}
