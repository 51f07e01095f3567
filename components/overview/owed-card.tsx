import { useLocale, useTranslations } from "next-intl";
import { Owed, topUpHref } from "@/components/invoice/owed";
import { payHref } from "@/components/invoice/pay-href";
import { Card } from "@/components/overview/card";
import { Amount } from "@/components/ui/amount";
import { buttonLook } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { formatMoney } from "@/lib/kernel/money";
import type { Overview } from "@/lib/portal/show-overview";

/** What is owed and until when, with the way to pay it. */
export function OwedCard({ overview: { owed, onlyOpen, payTogether, canPay } }: { overview: Overview }) {
  const t = useTranslations("overview");
  const locale = useLocale();
  const hasInvoices = owed.some(({ invoices }) => invoices > 0);
  return (
    <Card id="owed" title={t("owed")} more={{ href: "/invoices", text: t("allInvoices") }}>
      {owed.length > 0 && (
        <p className="flex flex-wrap gap-x-6 font-semibold text-3xl tracking-tight">
          {owed.map(({ amount }) => (
            <Amount key={amount.currency} of={amount} />
          ))}
        </p>
      )}
      <Owed owed={owed} />
      {hasInvoices ? (
        <p className="mt-4">
          {canPay && payTogether ? (
            <Link href={payHref(payTogether.ids)} className={buttonLook("primary")}>
              {t("payTogether", { amount: formatMoney(payTogether.amount, locale) })}
            </Link>
          ) : (
            <Link
              href={onlyOpen ? `/invoices/${encodeURIComponent(onlyOpen)}` : openHref}
              className={buttonLook("primary")}
            >
              {canPay ? t(onlyOpen ? "payOne" : "paySeveral") : t("look")}
            </Link>
          )}
        </p>
      ) : (
        canPay &&
        owed.map(({ debt }) => (
          <p key={debt.currency} className="mt-4">
            <Link href={topUpHref(debt)} className={buttonLook("primary")}>
              {t("payDebt", { amount: formatMoney(debt, locale) })}
            </Link>
          </p>
        ))
      )}
    </Card>
  );
}

/** The list of what can be paid, to choose from. */
const openHref = "/invoices?status=open&status=past_due&status=partly_paid&sort=due";
