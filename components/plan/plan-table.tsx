import { useTranslations } from "next-intl";
import { planPath } from "@/components/plan/plan-path";
import { Amount } from "@/components/ui/amount";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TaxMark } from "@/components/ui/tax-mark";
import { TextLink } from "@/components/ui/text-link";
import type { PlanRow } from "@/lib/admin/list-plans";

/** What is sold: each plan with its term, its days and what it costs today. */
export function PlanTable({ plans }: { plans: readonly PlanRow[] }) {
  const t = useTranslations("plans");
  const terms = useTranslations("term");
  return (
    <Table aria-label={t("title")}>
      <TableHead>
        <Column>{t("plan")}</Column>
        <Column>{t("term")}</Column>
        <Column numeric>{t("netPrice")}</Column>
        <Column>{t("days")}</Column>
        <Column numeric>{t("services")}</Column>
      </TableHead>
      <TableBody>
        {plans.map((plan) => (
          <Row key={plan.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell>
              <TextLink href={planPath(plan.key)}>
                <span dir="auto">{plan.name}</span>
              </TextLink>
              <span className="block break-all text-ink-soft text-sm">
                {plan.isOffered ? plan.key : t("notOffered", { key: plan.key })}
              </span>
            </Cell>
            <Cell className="max-sm:order-3 max-sm:text-ink-soft max-sm:text-sm">
              {terms(plan.term.unit, { count: plan.term.count })}
            </Cell>
            <Cell numeric className="max-sm:order-2">
              {plan.prices
                .filter(({ when }) => when === "now")
                .map(({ price }) => (
                  <span key={price.currency} className="block">
                    <Amount of={price} />
                    <span className="sm:hidden">
                      {" "}
                      <TaxMark is="net" />
                    </span>
                  </span>
                ))}
            </Cell>
            <Cell className="text-ink-soft text-sm max-sm:order-4 max-sm:col-span-2">
              {t("daysInShort", {
                lead: plan.leadDays,
                grace: plan.graceDays,
                terminate: plan.terminateDays,
              })}
            </Cell>
            <Cell numeric className="max-sm:order-5 max-sm:text-left">
              <span className="text-ink-soft text-sm sm:hidden">{t("services")} </span>
              {plan.services}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
