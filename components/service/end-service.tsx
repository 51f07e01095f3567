import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { type CancelAction, CancelDialog } from "@/components/invoice/cancel-dialog";
import type { AnswerTexts } from "@/components/payment/pay-answers";
import { ActButton } from "@/components/ui/act-button";
import { formatDay } from "@/components/ui/dates";
import type { Result } from "@/lib/kernel/result";
import type { ServiceDetail } from "@/lib/portal/show-service";

interface EndServiceProps {
  service: ServiceDetail;
  onCancel: CancelAction<{ serviceId: string }>;
  onKeep: KeepAction;
  texts: AnswerTexts;
}

type KeepAction = (input: { serviceId: string }) => Promise<Result<unknown>>;

/** Takes a cancellation back, until the service has ended. */
export function KeepService(props: {
  service: { id: string; label: string };
  onKeep: KeepAction;
  texts: AnswerTexts;
}) {
  const { service, onKeep, texts } = props;
  const t = useTranslations("serviceEnd");
  const { id, label } = service;
  return (
    <ActButton
      action={onKeep}
      input={{ serviceId: id }}
      label={t("keepOf", { label })}
      text={t("keep")}
      done={t("kept", { label })}
      texts={{
        fault: texts.fault,
        lost: texts.lost,
        not_allowed: t("notAllowed"),
        service_not_found: t("notFound"),
        service_not_running: t("notRunning"),
      }}
    />
  );
}

/** The quiet way out at the end of the term, which says first what it means; and the way back until then. */
export function EndService({ service, onCancel, onKeep, texts }: EndServiceProps) {
  const t = useTranslations("serviceEnd");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const { id, label, state, isEnding, expiresAt, canChange, openInvoiceNumber } = service;
  if (!canChange || !expiresAt || (state !== "active" && state !== "suspended")) return null;
  if (isEnding) {
    return <KeepService service={service} onKeep={onKeep} texts={texts} />;
  }
  const date = formatDay(expiresAt, locale, timeZone);
  return (
    <CancelDialog
      input={{ serviceId: id }}
      action={onCancel}
      consequences={[
        t("until", { date }),
        t("unbilled"),
        ...(openInvoiceNumber ? [t("voids", { number: openInvoiceNumber })] : []),
        t("back", { date }),
      ]}
      texts={{
        ...texts,
        byCode: { ...texts.byCode, not_allowed: t("notAllowed") },
        open: t("open"),
        title: t("title", { label }),
        confirm: t("confirm"),
        keep: t("dismiss"),
      }}
    />
  );
}
