import { useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Day } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TaxMark } from "@/components/ui/tax-mark";
import type { PlanPrice } from "@/lib/admin/list-plans";

const looks = {
  past: { tone: "gone", shape: "slash" },
  now: { tone: "good", shape: "disc" },
  coming: { tone: "calm", shape: "ring" },
} as const;

/** All prices of a plan: those that were, that are, and that will be. */
export function PriceTable({ prices }: { prices: readonly PlanPrice[] }) {
  const t = useTranslations("plans");
  return (
    <Table aria-label={t("prices")}>
      <TableHead>
        <Column>{t("from")}</Column>
        <Column>{t("until")}</Column>
        <Column numeric>{t("netPrice")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {prices.map(({ price, validFrom, validUntil, when }) => (
          <Row
            key={`${price.currency} ${validFrom.toISOString()}`}
            className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1"
          >
            <Cell>
              <Day at={validFrom} />
            </Cell>
            <Cell className="text-ink-soft max-sm:order-3 max-sm:text-sm">
              {validUntil ? <Day at={validUntil} /> : t("open")}
            </Cell>
            <Cell numeric className="max-sm:order-2">
              <Amount of={price} />
              <span className="sm:hidden">
                {" "}
                <TaxMark is="net" />
              </span>
            </Cell>
            <Cell className="max-sm:order-4">
              <Badge {...looks[when]}>{t(`when_${when}`)}</Badge>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
