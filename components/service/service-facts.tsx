import { useTranslations } from "next-intl";
import { AutoRenew } from "@/components/service/auto-renew";
import type { SwitchAction } from "@/components/service/auto-renew-switch";
import { NotBegun } from "@/components/service/not-begun";
import { PriceAhead } from "@/components/service/price-ahead";
import { Amount } from "@/components/ui/amount";
import { Due } from "@/components/ui/due";
import { Fact, Facts } from "@/components/ui/facts";
import { TaxMark } from "@/components/ui/tax-mark";
import { TextLink } from "@/components/ui/text-link";
import type { ServiceDetail } from "@/lib/portal/show-service";

interface ServiceFactsProps {
  service: ServiceDetail;
  /** Null for members who only look. */
  onSwitch: SwitchAction | null;
}

/** What it is, what it costs, and until when it is paid. */
export function ServiceFacts({ service, onSwitch }: ServiceFactsProps) {
  const t = useTranslations("services");
  const terms = useTranslations("term");
  const { price, term, expiresAt, state, planName, isEnding } = service;
  const isRunning = state === "active" || state === "suspended";
  return (
    <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-[auto_auto_auto_1fr]">
      <Fact name={t("plan")}>
        <span dir="auto">{planName}</span>
        {onSwitch && isRunning && !isEnding && (
          <TextLink href={`/services/${service.id}/plan`} className="ml-2 whitespace-nowrap text-sm">
            {t("changePlan")}
          </TextLink>
        )}
      </Fact>
      <Fact name={t("price")}>
        {price
          ? t.rich("perTerm", {
              price: () => <Amount of={price} />,
              term: () => <span className="text-ink-soft">{terms(term.unit, { count: term.count })}</span>,
            })
          : t("noPrice")}{" "}
        {price && <TaxMark is="net" />}
        <PriceAhead of={service.nextPrice} />
      </Fact>
      <Fact name={t(isRunning || state === "pending" ? "paidUntil" : "ran")}>
        {expiresAt ? <Due at={expiresAt} isUrgent={isRunning} /> : <NotBegun state={state} voidsAt={null} />}
      </Fact>
      <Fact name={t("autoRenew")}>
        {isEnding ? t("ending") : <AutoRenew service={service} onSwitch={onSwitch} />}
      </Fact>
    </Facts>
  );
}
