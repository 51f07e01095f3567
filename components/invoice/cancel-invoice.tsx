import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { type CancelAction, CancelDialog } from "@/components/invoice/cancel-dialog";
import type { AnswerTexts } from "@/components/payment/pay-answers";
import { formatDay } from "@/components/ui/dates";
import type { InvoiceDetail } from "@/lib/portal/shapes";

interface CancelInvoiceProps {
  invoice: InvoiceDetail;
  action: CancelAction;
  texts: AnswerTexts;
}

/** A quiet way out of an invoice that is not wanted, which says first what it means. */
export function CancelInvoice({ invoice, action, texts }: CancelInvoiceProps) {
  const t = useTranslations("cancel");
  const refusal = useTranslations("cancelRefusal");
  const { id, number } = invoice;
  return (
    <CancelDialog
      input={{ invoiceId: id }}
      action={action}
      consequences={useConsequences(invoice)}
      texts={{
        ...texts,
        lost: t("lost"),
        byCode: { ...texts.byCode, not_allowed: refusal("not_allowed") },
        open: t("open"),
        title: t("title", { number }),
        confirm: t("confirm"),
        keep: t("keep"),
      }}
    />
  );
}

/** In the order in which they matter. */
function useConsequences({ lines, payPanel, cancelsToo }: InvoiceDetail): string[] {
  const t = useTranslations("cancel");
  const locale = useLocale();
  const timeZone = useTimeZone() ?? "UTC";
  const ofServices = lines.flatMap(({ kind, service, termStartsAt }) => {
    if (!service) return [];
    const { label } = service;
    if (kind === "order") return [t("order", { label })];
    return termStartsAt ? [t("renewal", { label, date: formatDay(termStartsAt, locale, timeZone) })] : [];
  });
  return [
    t("owed"),
    ...(payPanel?.open ? [t("underWay")] : []),
    t("returned"),
    ...ofServices,
    ...(cancelsToo.length > 0 ? [t("also", { numbers: cancelsToo.join(", ") })] : []),
  ];
}
