import { useTranslations } from "next-intl";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import type { ServiceDetail } from "@/lib/portal/show-service";

/** Why it does not run, and what ends that. */
export function Suspended({ service: { state, openInvoiceNumber, isDeclined } }: { service: ServiceDetail }) {
  const t = useTranslations("service");
  if (state !== "suspended") return null;
  return (
    <Callout tone="bad" title={t("suspendedTitle")}>
      {openInvoiceNumber ? (
        <p>
          {t.rich("suspendedUnpaid", {
            number: () => (
              <TextLink
                href={`/invoices/${encodeURIComponent(openInvoiceNumber)}`}
                className="figures whitespace-nowrap"
              >
                {openInvoiceNumber}
              </TextLink>
            ),
          })}
        </p>
      ) : (
        <p>{t(isDeclined ? "suspendedDeclined" : "suspendedOther")}</p>
      )}
    </Callout>
  );
}
