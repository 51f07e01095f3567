import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { PutOff } from "@/components/service/put-off";
import { StepName } from "@/components/service/step-name";
import { Amount } from "@/components/ui/amount";
import { buttonLook } from "@/components/ui/button";
import { Due } from "@/components/ui/due";
import { Link } from "@/components/ui/link";
import type { ServiceDetail } from "@/lib/portal/show-service";

/** What happens next and when, if nobody does anything; and the button that keeps it from happening. `children`: what takes it back. */
export function NextPanel({ service, children }: { service: ServiceDetail; children?: ReactNode }) {
  const t = useTranslations("service");
  const { next, openInvoiceNumber, isBeingPaid, canChange, canRenew } = service;
  return (
    <section aria-labelledby="next" className="rounded-lg border bg-surface p-5 sm:p-6 lg:sticky lg:top-20">
      <h2 id="next" className="font-semibold text-lg">
        {t("next")}
      </h2>
      <p className="mt-1 text-ink-soft text-sm">
        <Lead service={service} />
      </p>
      {children && <div className="mt-3">{children}</div>}
      {next.length > 0 && (
        <ol className="mt-4 grid gap-3 border-t pt-4">
          {next.map((step, index) => (
            <li key={step.kind} className="flex items-baseline justify-between gap-4">
              <span className={index === 0 ? "font-medium" : "text-ink-soft"}>
                <StepName step={step} />
                {step.putOffBy && (
                  <span className="font-normal text-ink-soft text-sm">
                    <PutOff by={step.putOffBy} />
                  </span>
                )}
              </span>
              <span className="text-right">
                <Due at={step.at} isUrgent={index === 0} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {openInvoiceNumber && (
        <p className="mt-5">
          <Link
            href={`/invoices/${encodeURIComponent(openInvoiceNumber)}`}
            className={`${buttonLook(isBeingPaid ? "secondary" : "primary")} w-full`}
          >
            {t(canChange && !isBeingPaid ? "pay" : "look", { number: openInvoiceNumber })}
          </Link>
        </p>
      )}
      {canRenew && (
        <p className={openInvoiceNumber ? "mt-3" : "mt-5"}>
          <Link
            href={`/services/${service.id}/renew`}
            className={`${buttonLook(openInvoiceNumber ? "secondary" : "primary")} w-full`}
          >
            {t("renewNow")}
          </Link>
        </p>
      )}
    </section>
  );
}

/** How things stand, in a sentence. */
function Lead({ service }: { service: ServiceDetail }) {
  const t = useTranslations("service");
  const { state, renewal, isAutoRenew, isDeclined, isEnding, openInvoiceNumber, isBeingPaid } = service;
  if (isBeingPaid) return t("leadBeingPaid");
  if (state === "pending") return t("leadPending");
  if (state === "terminated" || state === "canceled") return t("leadEnded");
  if (state === "suspended") return t(openInvoiceNumber ? "leadSuspended" : "leadSuspendedDeclined");
  if (isEnding) return t("leadEnding");
  if (isDeclined) return t("leadDeclined");
  if (!isAutoRenew) return t(openInvoiceNumber ? "leadOpen" : "leadByHand");
  if (!renewal) return t("leadAutoRenew");
  return t.rich(renewal.isCovered ? "leadCovered" : renewal.isCharged ? "leadCharged" : "leadShort", {
    amount: () => <Amount of={renewal.amount} className="font-medium text-ink" />,
  });
}
