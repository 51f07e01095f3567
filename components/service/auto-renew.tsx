import { useTranslations } from "next-intl";
import { AutoRenewSwitch, type SwitchAction } from "@/components/service/auto-renew-switch";
import type { ServiceRow } from "@/lib/portal/shapes";

interface AutoRenewProps {
  service: ServiceRow;
  /** Null for members who only look. */
  onSwitch: SwitchAction | null;
}

/** A switch for those who may, a word for the others and for what has ended. */
export function AutoRenew({ service, onSwitch }: AutoRenewProps) {
  const t = useTranslations("services");
  const { id, label, state, isAutoRenew } = service;
  const hasEnded = state === "terminated" || state === "canceled";
  if (!onSwitch || hasEnded) return isAutoRenew && !hasEnded ? t("autoRenewOn") : t("autoRenewOff");
  return (
    <AutoRenewSwitch
      serviceId={id}
      isOn={isAutoRenew}
      action={onSwitch}
      label={t("autoRenewOf", { label })}
      texts={{
        on: t("autoRenewOn"),
        off: t("autoRenewOff"),
        switchedOn: t("switchedOn", { label }),
        switchedOff: t("switchedOff", { label }),
        paid: t.raw("switchPaid"),
        fault: t("switchFault"),
        lost: t("switchLost"),
        not_allowed: t("switchNotAllowed"),
        service_not_found: t("switchNotFound"),
        service_ended: t("switchEnded"),
      }}
    />
  );
}
