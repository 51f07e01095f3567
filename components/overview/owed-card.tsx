import { useTranslations } from "next-intl";
import { Owed } from "@/components/invoice/owed";
import { Card } from "@/components/overview/card";
import { Amount } from "@/components/ui/amount";
import { buttonLook } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { Overview } from "@/lib/portal/show-overview";

/** What is owed and until when, with the way to pay it. */
export function OwedCard({ overview: { owed, onlyOpen, canPay } }: { overview: Overview }) {
  const t = useTranslations("overview");
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
      {owed.length > 0 && (
        <p className="mt-4">
          <Link
            href={onlyOpen ? `/invoices/${encodeURIComponent(onlyOpen)}` : openHref}
            className={buttonLook("primary")}
          >
            {canPay ? t(onlyOpen ? "payOne" : "paySeveral") : t("look")}
          </Link>
        </p>
      )}
    </Card>
  );
}

/** The list of what can be paid, to choose from. */
const openHref = "/invoices?status=open&status=past_due&status=partly_paid&sort=due";
