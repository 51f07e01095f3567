import { useTranslations } from "next-intl";
import { usePutBackLines } from "@/components/service/put-back-lines";
import { ActionForm } from "@/components/sign-in/action-form";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import type { PutBackOutlook, StaffService } from "@/lib/admin/show-service";
import { putRenewalBackByStaff } from "./actions";

interface PutBackFormProps {
  service: StaffService;
  outlook: PutBackOutlook;
  answers: AnswerTexts;
}

/** Puts the renewal back that the customer declined, with a reason; what follows is said before. */
export function PutBackForm({ service, outlook, answers }: PutBackFormProps) {
  const t = useTranslations("putBack");
  const staff = useTranslations("staff");
  return (
    <details className="max-w-sm">
      <summary className="cursor-pointer font-medium text-accent">{t("open")}</summary>
      <div className="mt-3">
        <ActionForm
          action={putRenewalBackByStaff}
          hidden={{ customerId: service.customerId, serviceId: service.id }}
          fields={[
            { name: "reason", label: staff("reason"), type: "text", autoComplete: "off", maxLength: 500 },
          ]}
          submit={t("open")}
          answers={answers}
          ask={{
            title: t("title", { label: service.label }),
            lines: usePutBackLines(outlook, service.isAutoRenew),
            confirm: t("open"),
            keep: t("keep"),
            isDangerous: false,
          }}
          said={t("done", { label: service.label })}
        />
      </div>
    </details>
  );
}
