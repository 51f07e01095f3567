import { useTranslations } from "next-intl";
import { Button, buttonLook } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FilterForm } from "@/components/ui/filter-form";
import { Input, Select } from "@/components/ui/input";
import { Link } from "@/components/ui/link";
import { LinkTabs } from "@/components/ui/link-tabs";

interface ListFiltersProps {
  /** Where the list is. */
  path: string;
  tabs?: { label: string; all: readonly { href: string; text: string; isHere: boolean }[] };
  /** What the search looks in. */
  searchLabel: string;
  filter: { text: string | null; from?: string | null; to?: string | null };
  /** Whether it can be narrowed to days; of what, where that does not go without saying. */
  hasDays?: boolean | { from: string; to: string };
  select?: Choice;
  selects?: readonly Choice[];
  /** What the tabs say, kept while one searches. */
  hidden?: Record<string, string | null>;
  /** The same list without any filter; null where there is none to take away. */
  clearHref: string | null;
}

interface Choice {
  name: string;
  label: string;
  value: string | null;
  options: readonly { value: string; text: string }[];
}

/** How a list of staff's is narrowed: the address is its whole state. */
export function ListFilters(props: ListFiltersProps) {
  const { path, tabs, searchLabel, filter, hasDays = false, select, hidden = {}, clearHref } = props;
  const selects = props.selects ?? (select ? [select] : []);
  const t = useTranslations("staffList");
  const days = typeof hasDays === "object" ? hasDays : { from: t("from"), to: t("to") };
  return (
    <div className="grid gap-4 pb-4">
      {tabs && <LinkTabs label={tabs.label} tabs={tabs.all} />}
      <FilterForm
        action={path}
        // What the address says is what the form begins from.
        key={JSON.stringify([filter, selects.map(({ value }) => value)])}
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
        {selects.map(({ name, label, value: chosen, options }) => (
          <Field key={name} id={name} label={label} className="min-w-36 max-sm:flex-1 sm:max-w-44">
            {(control) => (
              <Select {...control} name={name} defaultValue={chosen ?? ""}>
                <option value="">{t("any")}</option>
                {options.map(({ value, text }) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        ))}
        {hasDays && (
          <>
            <Field id="from" label={days.from} className="max-sm:min-w-32 max-sm:flex-1">
              {(control) => <Input {...control} type="date" name="from" defaultValue={filter.from ?? ""} />}
            </Field>
            <Field id="to" label={days.to} className="max-sm:min-w-32 max-sm:flex-1">
              {(control) => <Input {...control} type="date" name="to" defaultValue={filter.to ?? ""} />}
            </Field>
          </>
        )}
        <div className="flex gap-3">
          <Button type="submit">{t("search")}</Button>
          {clearHref && (
            <Link href={clearHref} className={buttonLook("quiet")}>
              {t("clear")}
            </Link>
          )}
        </div>
      </FilterForm>
    </div>
  );
}
