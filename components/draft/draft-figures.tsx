import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { DayOf } from "@/components/ui/day";
import type { DraftPage } from "@/lib/admin/show-draft";

/** What a draft comes to as it was kept, and when it would be due if it were issued today. */
export function DraftFigures({ totals }: { totals: NonNullable<DraftPage["totals"]> }) {
  const t = useTranslations("draft");
  const { net, tax, total, dueOn } = totals;
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-8 gap-y-1">
      <dt className="text-ink-soft">{t("net")}</dt>
      <dd className="text-right">
        <Amount of={net} />
      </dd>
      <dt className="text-ink-soft">{t("tax")}</dt>
      <dd className="text-right">
        <Amount of={tax} />
      </dd>
      <dt className="font-semibold">{t("total")}</dt>
      <dd className="text-right font-semibold">
        <Amount of={total} />
      </dd>
      <dt className="text-ink-soft">{t("dueIfToday")}</dt>
      <dd className="text-right">
        <DayOf day={dueOn} />
      </dd>
    </dl>
  );
}
