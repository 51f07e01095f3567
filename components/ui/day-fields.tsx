import { useTranslations } from "next-intl";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";

interface DayFieldsProps {
  range: { from: string | null; to: string | null };
  /** The range ends before it begins, so the list leaves it out. */
  isRefused: boolean;
  /** Which day of a row they mean. */
  labels: { from: string; to: string };
  className: string;
}

/** The first and the last day that a list is narrowed to, in the form that asks for the list. */
export function DayFields({ range, isRefused, labels, className }: DayFieldsProps) {
  const t = useTranslations("days");
  return (
    <>
      <Field id="from" label={labels.from} className={className}>
        {(control) => <Input {...control} type="date" name="from" defaultValue={range.from ?? ""} />}
      </Field>
      <Field
        id="to"
        label={labels.to}
        className={className}
        error={isRefused && <span role="alert">{t("reversed")}</span>}
      >
        {(control) => <Input {...control} type="date" name="to" defaultValue={range.to ?? ""} />}
      </Field>
    </>
  );
}
