import { useTranslations } from "next-intl";
import { Button, buttonLook } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { DayFields } from "@/components/ui/day-fields";
import { Field } from "@/components/ui/field";
import { FilterForm } from "@/components/ui/filter-form";
import { Input, Select } from "@/components/ui/input";
import { Link } from "@/components/ui/link";
import { LinkTabs } from "@/components/ui/link-tabs";
import type { DayRange } from "@/lib/kernel/calendar";

interface ListFiltersProps {
  /** Where the list is. */
  path: string;
  tabs?: { label: string; all: readonly { href: string; text: string; isHere: boolean }[] };
  /** What the search looks in. */
  searchLabel: string;
  filter: { text: string | null; from?: string | null; to?: string | null; refusedDays?: DayRange | null };
  /** What the two fields of days are called, where it can be narrowed to days: they say which day of a row they mean. */
  days?: { from: string; to: string };
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
  const { path, tabs, searchLabel, filter, days, select, hidden = {}, clearHref } = props;
  const selects = props.selects ?? (select ? [select] : []);
  const t = useTranslations("staffList");
  const { refusedDays = null, from = null, to = null } = filter;
  return (
    <div className="grid gap-4 pb-4">
      {tabs && <LinkTabs label={tabs.label} tabs={tabs.all} />}
      <FilterForm
        action={path}
        // What the address says is what the form begins from.
        key={JSON.stringify([filter, selects.map(({ value }) => value)])}
        // With a sentence below one of them, the fields line up by their labels.
        className={classNames("flex flex-wrap gap-3", refusedDays ? "items-start" : "items-end")}
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
        {days && (
          <DayFields
            range={refusedDays ?? { from, to }}
            isRefused={refusedDays !== null}
            labels={days}
            className="max-sm:min-w-32 max-sm:flex-1 sm:max-w-48"
          />
        )}
        <div className={classNames("flex gap-3", refusedDays !== null && "sm:mt-6.5")}>
          <Button type="submit">{t("search")}</Button>
          {(clearHref || refusedDays) && (
            <Link href={clearHref ?? path} className={buttonLook("quiet")}>
              {t("clear")}
            </Link>
          )}
        </div>
      </FilterForm>
    </div>
  );
}
