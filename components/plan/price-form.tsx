import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import type { PriceWish } from "@/lib/admin/plan-price";

interface PriceFormProps {
  /** The page that shows what it would do. */
  action: string;
  currencies: readonly string[];
  wish: PriceWish | null;
  /** Calendar days of the billing time zone. */
  earliest: string;
  suggested: string;
}

/** Asks what another price would do: the address is the whole question, nothing is changed by it. */
export function PriceForm({ action, currencies, wish, earliest, suggested }: PriceFormProps) {
  const t = useTranslations("plans");
  return (
    <form action={action} method="get" className="grid gap-4">
      <div className="grid grid-cols-[1fr_7rem] gap-3">
        <Field id="price" label={t("pricePerTerm")}>
          {(control) => (
            <Input
              {...control}
              name="price"
              inputMode="decimal"
              autoComplete="off"
              maxLength={20}
              required
              defaultValue={wish?.price}
            />
          )}
        </Field>
        <Field id="currency" label={t("currency")}>
          {(control) => (
            <Select {...control} name="currency" defaultValue={wish?.currency}>
              {currencies.map((currency) => (
                <option key={currency}>{currency}</option>
              ))}
            </Select>
          )}
        </Field>
      </div>
      <Field id="from" label={t("fromDay")} hint={t("fromDayHint")}>
        {(control) => (
          <Input
            {...control}
            type="date"
            name="from"
            min={earliest}
            required
            defaultValue={wish?.from ?? suggested}
          />
        )}
      </Field>
      <Button type="submit">{t("show")}</Button>
    </form>
  );
}
