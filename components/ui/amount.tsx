import { useLocale } from "next-intl";
import { classNames } from "@/components/ui/class-names";
import { formatMoney, isPositive, type Money } from "@/lib/kernel/money";

interface AmountProps {
  of: Money;
  /** For changes of a balance: what was added says so. */
  signed?: boolean;
  className?: string;
}

/** An amount with its currency: tabular figures, never broken over two lines. Align it right where amounts meet. */
export function Amount({ of, signed = false, className }: AmountProps) {
  const locale = useLocale();
  return (
    <data
      value={of.minor.toString()}
      className={classNames("figures whitespace-nowrap", className)}
      dir="ltr"
    >
      {signed && isPositive(of) && "+"}
      {formatMoney(of, locale).replace("-", "−")}
    </data>
  );
}
