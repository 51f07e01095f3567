import { useTranslations } from "next-intl";
import { PutOff } from "@/components/service/put-off";
import { Due } from "@/components/ui/due";
import type { InvoiceDetail } from "@/lib/portal/shapes";

/** What happens to an invoice next and when, if nobody does anything. */
export function InvoiceNext({ steps, isForStaff }: { steps: InvoiceDetail["next"]; isForStaff?: boolean }) {
  const t = useTranslations("invoiceNext");
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby="next">
      <h2 id="next" className="pb-2 font-semibold text-lg">
        {t("title")}
      </h2>
      <ol className="grid max-w-lg">
        {steps.map(({ kind, at, putOffBy }) => (
          <li key={kind} className="flex items-baseline justify-between gap-4 border-b py-2">
            <span>
              {t(kind)}
              {putOffBy && (
                <span className="text-ink-soft text-sm">
                  <PutOff by={putOffBy} isForStaff={isForStaff} />
                </span>
              )}
            </span>
            <span className="text-right text-sm">
              <Due at={at} isUrgent={false} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
