import { useTranslations } from "next-intl";
import { brandName } from "@/components/card/card-words";
import type { ServiceDetail } from "@/lib/portal/show-service";

/** What a step of what happens next is. */
export function StepName({ step: { kind, card } }: { step: ServiceDetail["next"][number] }) {
  const t = useTranslations("service");
  const cards = useTranslations("cards");
  const name = card ? cards("ending", { brand: brandName(card.brand), last4: card.last4 }) : "";
  return kind === "charge" ? t("step_charge", { card: name }) : t(`step_${kind}`);
}
