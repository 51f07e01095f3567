import { useLocale, useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { formatDayOf, formatDaysFromNow } from "@/components/ui/dates";
import { useDaysUntil } from "@/components/ui/due";
import { TextLink } from "@/components/ui/text-link";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { isPositive, type Money, toDecimal } from "@/lib/kernel/money";
import type { InvoiceList } from "@/lib/portal/shapes";

/** What is owed and since when, one sentence for each currency. */
export function Owed({ owed }: { owed: InvoiceList["owed"] }) {
  const t = useTranslations("invoices");
  if (owed.length === 0) return <p className="mt-1.5 text-ink-soft">{t("owedNothing")}</p>;
  return (
    <div className="mt-1.5 grid gap-1">
      {owed.map(({ amount, debt, beingPaid, invoices, oldestDueOn }) => (
        <p key={amount.currency} className="text-ink-soft">
          <span className="text-ink">
            {t.rich(invoices > 0 ? "owed" : "owedDebtOnly", {
              count: invoices,
              hasDebt: isPositive(debt) ? "yes" : "no",
              amount: () => <Amount of={amount} className="font-semibold" />,
              debt: () => <Amount of={debt} />,
              add: (words) => <TextLink href={topUpHref(debt)}>{words}</TextLink>,
            })}
          </span>{" "}
          {oldestDueOn && <OldestDue day={oldestDueOn} count={invoices} />}
          {isPositive(beingPaid) && (
            <> {t.rich("owedBeingPaid", { amount: () => <Amount of={beingPaid} /> })}</>
          )}
        </p>
      ))}
    </div>
  );
}

/** Adding what is owed from a dispute pays it. */
export function topUpHref(debt: Money): string {
  return `/balance/top-up?${new URLSearchParams({ amount: toDecimal(debt), currency: debt.currency })}`;
}

function OldestDue({ day, count }: { day: CalendarDay; count: number }) {
  const t = useTranslations("invoices");
  const locale = useLocale();
  const days = useDaysUntil(day);
  if (days === 0) return t("oldestToday", { count });
  return t(days < 0 ? "oldestLate" : "oldestDue", {
    count,
    relative: formatDaysFromNow(days, locale),
    date: formatDayOf(day, locale),
  });
}
