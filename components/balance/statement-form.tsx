import { FileDown } from "lucide-react";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { CustomerId } from "@/lib/kernel/id";

interface StatementFormProps {
  /** Whose page this is: the statement is of the same customer, whatever was switched to since. */
  customerId: CustomerId;
  currency: string;
  /** The month that is chosen at first, as 2026-11. */
  month: string;
}

/** Asks for the statement of one month as a file; works without scripts. */
export function StatementForm({ customerId, currency, month }: StatementFormProps) {
  const t = useTranslations("paper.links");
  return (
    <section aria-labelledby="statement" className="mt-10">
      <h2 id="statement" className="pb-2 font-semibold text-lg">
        {t("statement")}
      </h2>
      <form action="/balance/statement/pdf" className="flex flex-wrap items-end gap-3 border-t pt-4">
        <input type="hidden" name="customer" value={customerId} />
        <input type="hidden" name="currency" value={currency} />
        <Field id="statement-month" label={t("statementMonth")}>
          {(control) => (
            <Input
              {...control}
              type="month"
              name="month"
              defaultValue={month}
              max={month}
              required
              pattern="[0-9]{4}-[0-9]{2}"
            />
          )}
        </Field>
        <Button type="submit">
          <FileDown aria-hidden="true" className="size-4" />
          {t("statementPdf")}
        </Button>
        <Button type="submit" formAction="/balance/statement/csv">
          <FileDown aria-hidden="true" className="size-4" />
          {t("statementCsv")}
        </Button>
      </form>
    </section>
  );
}
