import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button, buttonLook } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FilterForm } from "@/components/ui/filter-form";
import { Input, Select } from "@/components/ui/input";
import { LinkTabs } from "@/components/ui/link-tabs";

interface ListFiltersProps {
  /** Where the list is. */
  path: string;
  tabs?: { label: string; all: readonly { href: string; text: string; isHere: boolean }[] };
  /** What the search looks in. */
  searchLabel: string;
  filter: { text: string | null; from?: string | null; to?: string | null };
  /** Whether it can be narrowed to days. */
  hasDays?: boolean;
  select?: {
    name: string;
    label: string;
    value: string | null;
    options: readonly { value: string; text: string }[];
  };
  /** What the tabs say, kept while one searches. */
  hidden?: Record<string, string | null>;
  /** The same list without any filter; null where there is none to take away. */
  clearHref: string | null;
}

/** How a list of staff's is narrowed: the address is its whole state. */
export function ListFilters(props: ListFiltersProps) {
  const { path, tabs, searchLabel, filter, hasDays = false, select, hidden = {}, clearHref } = props;
  const t = useTranslations("staffList");
  return (
    <div className="grid gap-4 pb-4">
      {tabs && <LinkTabs label={tabs.label} tabs={tabs.all} />}
      <FilterForm
        action={path}
        // What the address says is what the form begins from.
        key={JSON.stringify([filter, select?.value])}
        className="flex flex-wrap items-end gap-3"
      >
        {Object.entries(hidden).map(
          ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
        )}
        <Field id="q" label={searchLabel} className="min-w-56 flex-1 max-sm:basis-full sm:max-w-96">
          {(control) => (
            <Input {...control} type="search" name="q" defaultValue={filter.text ?? ""} maxLength={100} />
          )}
        </Field>
        {select && (
          <Field id={select.name} label={select.label} className="min-w-36">
            {(control) => (
              <Select {...control} name={select.name} defaultValue={select.value ?? ""}>
                <option value="">{t("any")}</option>
                {select.options.map(({ value, text }) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        {hasDays && (
          <>
            <Field id="from" label={t("from")} className="max-sm:min-w-32 max-sm:flex-1">
              {(control) => <Input {...control} type="date" name="from" defaultValue={filter.from ?? ""} />}
            </Field>
            <Field id="to" label={t("to")} className="max-sm:min-w-32 max-sm:flex-1">
              {(control) => <Input {...control} type="date" name="to" defaultValue={filter.to ?? ""} />}
            </Field>
          </>
        )}
        <Button type="submit">{t("search")}</Button>
        {clearHref && (
          <Link href={clearHref} className={buttonLook("quiet")}>
            {t("clear")}
          </Link>
        )}
      </FilterForm>
    </div>
  );
}
