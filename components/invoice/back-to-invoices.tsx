import { ArrowLeft } from "lucide-react";
import { useTranslations } from "next-intl";
import { TextLink } from "@/components/ui/text-link";

export function BackToInvoices() {
  const t = useTranslations("invoice");
  return (
    <TextLink href="/invoices" className="inline-flex items-center gap-1.5 text-sm no-underline">
      <ArrowLeft aria-hidden="true" className="size-4" />
      {t("back")}
    </TextLink>
  );
}
