import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { Day } from "@/components/ui/day";
import type { PriceAhead as Ahead } from "@/lib/portal/shapes";

/** Another price that is to come, and from when; nothing while none is. */
export function PriceAhead({ of, className = "" }: { of: Ahead | null; className?: string }) {
  const t = useTranslations("services");
  const terms = useTranslations("term");
  if (!of) return null;
  const { price, term, at } = of;
  return (
    <span className={`block text-ink-soft text-sm ${className}`}>
      {t.rich("priceFrom", {
        at: () => <Day at={at} />,
        price: () => <Amount of={price} className="font-medium text-ink" />,
        term: () => terms(term.unit, { count: term.count }),
      })}
    </span>
  );
}
