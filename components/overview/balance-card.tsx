import { useTranslations } from "next-intl";
import { Runway } from "@/components/balance/runway";
import { Card } from "@/components/overview/card";
import { Amount } from "@/components/ui/amount";
import { Day } from "@/components/ui/day";
import { isPositive } from "@/lib/kernel/money";
import type { BalanceView } from "@/lib/portal/shapes";
import type { Overview } from "@/lib/portal/show-overview";

/** What is available, in each currency, and how far it reaches. */
export function BalanceCard({ overview }: { overview: Overview }) {
  const t = useTranslations("overview");
  const { balances, runways, nextRenewals, canPay } = overview;
  return (
    <Card id="balance" title={t("balance")} more={{ href: "/balance", text: t("movements") }}>
      <div className="grid gap-6">
        {balances.map((balance) => {
          const runway = runways.find(({ available }) => available.currency === balance.currency);
          return (
            <div key={balance.currency}>
              <Figures balance={balance} />
              <div className="mt-2">
                {runway ? (
                  <Runway runway={runway} canPay={canPay} />
                ) : (
                  <NextRenewal of={nextRenewals.find(({ currency }) => currency === balance.currency)} />
                )}
              </div>
            </div>
          );
        })}
      </div>
    </Card>
  );
}

/** Where nothing is paid from the balance soon: what renews next, if anything does. */
function NextRenewal({ of }: { of: Overview["nextRenewals"][number] | undefined }) {
  const t = useTranslations("overview");
  return (
    <p className="text-ink-soft">
      {of
        ? t.rich(of.isBeingPaid ? "renewalBeingPaid" : "nextRenewal", {
            service: () => <bdi>{of.label}</bdi>,
            date: () => <Day at={of.at} />,
          })
        : t("nothingToRenew")}
    </p>
  );
}

function Figures({ balance: { available, held, debt } }: { balance: BalanceView }) {
  const t = useTranslations("overview");
  return (
    <>
      <p className="font-semibold text-3xl tracking-tight">
        <Amount of={available} />
      </p>
      {isPositive(held) && (
        <p className="text-ink-soft text-sm">{t.rich("held", { amount: () => <Amount of={held} /> })}</p>
      )}
      {isPositive(debt) && (
        <p className="text-bad text-sm">{t.rich("debt", { amount: () => <Amount of={debt} /> })}</p>
      )}
    </>
  );
}
