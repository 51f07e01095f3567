import { useTranslations } from "next-intl";
import { FileLink } from "@/components/ui/file-link";
import type { CustomerId } from "@/lib/kernel/id";
import type { InvoiceDetail } from "@/lib/portal/shapes";

interface InvoicePapersProps {
  customerId: CustomerId;
  invoice: Pick<InvoiceDetail, "number" | "creditNote">;
}

/** The invoice, and what takes it back, as files. A payment's receipt is with the payment. */
export function InvoicePapers({ customerId, invoice }: InvoicePapersProps) {
  const t = useTranslations("paper.links");
  const { number, creditNote } = invoice;
  return (
    <nav aria-label={t("title")} className="flex flex-wrap gap-x-6 gap-y-2">
      <FileLink customerId={customerId} href={`/invoices/${encodeURIComponent(number)}/pdf`}>
        {t("pdf")}
      </FileLink>
      {creditNote && (
        <FileLink customerId={customerId} href={`/credit-notes/${encodeURIComponent(creditNote.number)}/pdf`}>
          {t("creditNote", { number: creditNote.number })}
        </FileLink>
      )}
    </nav>
  );
}
