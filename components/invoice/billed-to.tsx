import { useTranslations } from "next-intl";
import type { BillTo } from "@/lib/portal/shapes";

/** Whom an invoice was billed to, as printed on it: it keeps what it said when it was issued. */
export function BilledTo({ billTo: { name, email, address, taxId } }: { billTo: BillTo }) {
  const paper = useTranslations("paper");
  return (
    <>
      <span dir="auto">{name}</span>
      <span className="block break-words text-ink-soft text-sm">{email}</span>
      {address && (
        <span className="block whitespace-pre-line break-words text-ink-soft text-sm" dir="auto">
          {address}
        </span>
      )}
      {taxId && <span className="block text-ink-soft text-sm">{paper("taxId", { id: taxId })}</span>}
    </>
  );
}
