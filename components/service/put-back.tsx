import { useTranslations } from "next-intl";
import { usePutBackLines } from "@/components/service/put-back-lines";
import { ActButton } from "@/components/ui/act-button";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import type { Result } from "@/lib/kernel/result";
import type { PutBackOutlook, ServiceDetail } from "@/lib/portal/show-service";

interface PutBackProps {
  service: ServiceDetail;
  outlook: PutBackOutlook;
  action: (input: { serviceId: string }) => Promise<Result<unknown>>;
  texts: AnswerTexts;
}

/** Takes the declining of a renewal back; says first what follows. */
export function PutBack({ service: { id, label, isAutoRenew }, outlook, action, texts }: PutBackProps) {
  const t = useTranslations("putBack");
  const end = useTranslations("serviceEnd");
  return (
    <ActButton
      action={action}
      input={{ serviceId: id }}
      label={t("openOf", { label })}
      text={t("open")}
      done={t("done", { label })}
      texts={{
        ...texts,
        not_allowed: end("notAllowed"),
        service_not_found: end("notFound"),
        service_not_going_on: t("notGoingOn"),
        renewal_not_declined: t("notDeclined"),
      }}
      ask={{
        title: t("title", { label }),
        lines: usePutBackLines(outlook, isAutoRenew),
        confirm: t("open"),
        keep: t("keep"),
        isDangerous: false,
      }}
    />
  );
}
