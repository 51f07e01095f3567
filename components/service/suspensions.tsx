import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { PutOff } from "@/components/service/put-off";
import { ActButton } from "@/components/ui/act-button";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { formatDay } from "@/components/ui/dates";
import { TextLink } from "@/components/ui/text-link";
import type { Result } from "@/lib/kernel/result";
import type { Suspension } from "@/lib/portal/list-suspensions";

interface SuspensionsProps {
  suspensions: readonly Suspension[];
  /** Null where no days are taken: on pages that show and lead on, and for staff. */
  takeOwnGrace: ((input: { serviceId: string }) => Promise<Result<unknown>>) | null;
  /** Where an invoice is shown. */
  invoiceHref?: (number: string) => string;
  /** Where a customer renews a service whose renewal was canceled; staff are led nowhere. */
  renewHref?: ((serviceId: string) => string) | null;
}

const ownInvoice = (number: string) => `/invoices/${encodeURIComponent(number)}`;

/** What is about to be stopped, or is suspended: when, why, and what mends it. Nothing where there is nothing. */
export function Suspensions({
  suspensions,
  takeOwnGrace,
  invoiceHref = ownInvoice,
  renewHref = null,
}: SuspensionsProps) {
  const t = useTranslations("suspensions");
  if (suspensions.length === 0) return null;
  return (
    <ul aria-label={t("list")} className="grid gap-3">
      {suspensions.map((one) => (
        <li key={one.serviceId}>
          <SuspensionCallout
            suspension={one}
            takeOwnGrace={takeOwnGrace}
            invoiceHref={invoiceHref}
            renewHref={renewHref}
          />
        </li>
      ))}
    </ul>
  );
}

function SuspensionCallout({
  suspension,
  takeOwnGrace,
  invoiceHref,
  renewHref,
}: { suspension: Suspension } & Required<Omit<SuspensionsProps, "suspensions">>) {
  const t = useTranslations("suspensions");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const { serviceId, label, at, isSuspended, putOffBy, invoice, ownGraceDays } = suspension;
  const facts = { label, date: formatDay(at, locale, timeZone) };
  const sentence = isSuspended ? "terminates" : invoice?.isBeingPaid ? "suspendsUnlessPaid" : "suspends";
  return (
    <Callout tone={invoice?.isBeingPaid ? "warn" : "bad"}>
      <div className="grid justify-items-start gap-2">
        <p>
          {t(sentence, facts)}{" "}
          {invoice
            ? t.rich(invoice.isBeingPaid ? "beingPaid" : "unpaid", {
                amount: () => <Amount of={invoice.remaining} />,
                link: () => (
                  <TextLink href={invoiceHref(invoice.number)} className="figures whitespace-nowrap">
                    {invoice.number}
                  </TextLink>
                ),
              })
            : t("declined")}
          {!invoice && renewHref && (
            <>
              {" "}
              <TextLink href={renewHref(serviceId)}>{t("renew")}</TextLink>
            </>
          )}
        </p>
        {putOffBy && <PutOff by={putOffBy} />}
        {takeOwnGrace && ownGraceDays !== null && (
          <ActButton
            action={takeOwnGrace}
            input={{ serviceId: serviceId as string }}
            label={t("takeLabel", { label, days: ownGraceDays })}
            text={t("take", { days: ownGraceDays })}
            done={t("taken", { label, days: ownGraceDays })}
            texts={{
              fault: t("fault"),
              lost: t("lost"),
              not_allowed: t("not_allowed"),
              service_not_found: t("service_not_found"),
              nothing_to_put_off: t("nothing_to_put_off"),
              taken_already: t("taken_already"),
              not_offered: t("not_offered"),
              not_in_good_standing: t("not_in_good_standing"),
            }}
          />
        )}
      </div>
    </Callout>
  );
}
