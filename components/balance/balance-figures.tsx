import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { Fact, Facts } from "@/components/ui/facts";
import { isPositive } from "@/lib/kernel/money";
import type { BalanceView } from "@/lib/portal/shapes";

/** What can be spent, and why it may be less than what is there. */
export function BalanceFigures({ balance }: { balance: BalanceView }) {
  const t = useTranslations("balance");
  const { available, posted, held, debt } = balance;
  return (
    <Facts className="grid-cols-2 items-end pb-3 sm:flex sm:gap-x-12">
      <Fact name={t("available")} className="max-sm:col-span-2">
        <Amount of={available} className="font-semibold text-3xl tracking-tight" />
      </Fact>
      {isPositive(held) && (
        <>
          <Fact name={t("posted")}>
            <Amount of={posted} className="text-lg" />
          </Fact>
          <Fact name={t("held")}>
            <Amount of={held} className="text-lg" />
          </Fact>
        </>
      )}
      {isPositive(debt) && (
        <Fact name={t("debt")}>
          <Amount of={debt} className="text-bad text-lg" />
          <span className="block max-w-md text-ink-soft text-sm">{t("debtWhy")}</span>
        </Fact>
      )}
    </Facts>
  );
}
