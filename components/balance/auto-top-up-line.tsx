import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/text-link";
import type { AutoTopUpView } from "@/lib/portal/auto-top-up";

/** Beside the balance: whether it tops itself up, by what, and the way to where that is set. */
export function AutoTopUpLine({ autoTopUp: { isOn, settings } }: { autoTopUp: AutoTopUpView }) {
  const t = useTranslations("autoTopUp");
  return (
    <section aria-labelledby="auto-top-up" className="grid gap-2 rounded-lg border bg-surface p-5">
      <h2 id="auto-top-up" className="flex flex-wrap items-center gap-3 font-semibold text-lg">
        {t("title")}
        <Badge tone={isOn ? "good" : "plain"} shape={isOn ? "disc" : "ring"}>
          {t(isOn ? "on" : "off")}
        </Badge>
      </h2>
      <p className="text-ink-soft text-sm">
        {isOn && settings
          ? t.rich("does", {
              threshold: () => <Amount of={settings.threshold} />,
              amount: () => <Amount of={settings.amount} />,
              cap: () => <Amount of={settings.monthlyCap} />,
            })
          : t("inShort")}
      </p>
      <p>
        <TextLink href="/payment-methods#auto-top-up" className="text-sm">
          {t(isOn ? "change" : "toSettings")}
        </TextLink>
      </p>
    </section>
  );
}
