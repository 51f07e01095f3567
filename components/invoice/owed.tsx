import { useLocale, useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { formatDayOf, formatDaysFromNow } from "@/components/ui/dates";
import { useDaysUntil } from "@/components/ui/due";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { isPositive } from "@/lib/kernel/money";
import type { InvoiceList } from "@/lib/portal/shapes";

/** What is owed and since when, one sentence for each currency. */
export function Owed({ owed }: { owed: InvoiceList["owed"] }) {
  const t = useTranslations("invoices");
  if (owed.length === 0) return <p className="mt-1.5 text-ink-soft">{t("owedNothing")}</p>;
  return (
    <div className="mt-1.5 grid gap-1">
      {owed.map(({ amount, beingPaid, invoices, oldestDueOn }) => (
        <p key={amount.currency} className="text-ink-soft">
          <span className="text-ink">
            {t.rich("owed", {
              count: invoices,
              amount: () => <Amount of={amount} className="font-semibold" />,
            })}
          </span>{" "}
          <OldestDue day={oldestDueOn} />
          {isPositive(beingPaid) && (
            <> {t.rich("owedBeingPaid", { amount: () => <Amount of={beingPaid} /> })}</>
          )}
        </p>
      ))}
    </div>
  );
}

function OldestDue({ day }: { day: CalendarDay }) {
  const t = useTranslations("invoices");
  const locale = useLocale();
  const days = useDaysUntil(day);
  if (days === 0) return t("oldestToday");
  return t(days < 0 ? "oldestLate" : "oldestDue", {
    relative: formatDaysFromNow(days, locale),
    date: formatDayOf(day, locale),
  });
}
