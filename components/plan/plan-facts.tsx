import { useTranslations } from "next-intl";
import { Fact, Facts } from "@/components/ui/facts";
import type { PlanRow } from "@/lib/admin/list-plans";

/** A plan's term, and the days around its expiry. */
export function PlanFacts({ plan }: { plan: PlanRow }) {
  const t = useTranslations("plans");
  const terms = useTranslations("term");
  return (
    <Facts className="grid-cols-2 sm:grid-cols-3 lg:grid-cols-6">
      <Fact name={t("term")}>{terms(plan.term.unit, { count: plan.term.count })}</Fact>
      <Fact name={t("lead")}>{t("dayCount", { count: plan.leadDays })}</Fact>
      <Fact name={t("grace")}>{t("dayCount", { count: plan.graceDays })}</Fact>
      <Fact name={t("terminate")}>{t("dayCount", { count: plan.terminateDays })}</Fact>
      <Fact name={t("services")}>{plan.services}</Fact>
      <Fact name={t("offered")}>{plan.isOffered ? t("yes") : t("no")}</Fact>
    </Facts>
  );
}
