import { useTranslations } from "next-intl";

/** Says beside an amount whether its tax is in it. */
export function TaxMark({ is }: { is: "net" | "gross" }) {
  const t = useTranslations("taxMark");
  return <span className="whitespace-nowrap font-normal text-ink-soft text-sm">{t(is)}</span>;
}
