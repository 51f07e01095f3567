import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { Day } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TaxMark } from "@/components/ui/tax-mark";
import { TextLink } from "@/components/ui/text-link";
import type { PriceChange } from "@/lib/admin/plan-price";

/** What a price would do, before anybody agrees to it; the form that agrees is inside. */
export function PricePreview({ change, children }: { change: PriceChange; children: ReactNode }) {
  const t = useTranslations("plans");
  const { price, validFrom, before, replaces, endedBy, hits, services, customers } = change;
  const parts = { price: () => <Amount of={price} />, day: () => <Day at={validFrom} /> };
  return (
    <section aria-labelledby="preview" className="mt-10">
      <h2 id="preview" className="mb-3 font-semibold text-lg">
        {t.rich("preview", parts)}
      </h2>
      <div className="mb-4 grid gap-3">
        <p>{before ? t.rich("before", { before: () => <Amount of={before} /> }) : t("firstPrice")}</p>
        {replaces && (
          <Callout tone="warn">
            <p>{t.rich("replaces", { ...parts, replaced: () => <Amount of={replaces} /> })}</p>
          </Callout>
        )}
        {endedBy && (
          <Callout tone="warn">
            <p>
              {t.rich("endedBy", {
                until: () => <Day at={endedBy.at} />,
                later: () => <Amount of={endedBy.price} />,
              })}
            </p>
          </Callout>
        )}
        <p>{t("reaches", { services, customers })}</p>
      </div>
      {hits.length > 0 && <Hits hits={hits} price={price} />}
      {hits.length < services && (
        <p className="mt-2 text-ink-soft text-sm">{t("firstOnly", { count: hits.length })}</p>
      )}
      <div className="mt-6 max-w-sm">{children}</div>
    </section>
  );
}

function Hits({ hits, price }: Pick<PriceChange, "hits" | "price">) {
  const t = useTranslations("plans");
  return (
    <Table aria-label={t("reached")}>
      <TableHead>
        <Column>{t("customer")}</Column>
        <Column>{t("service")}</Column>
        <Column>{t("firstAt")}</Column>
        <Column numeric>{t("change")}</Column>
      </TableHead>
      <TableBody>
        {hits.map((hit) => (
          <Row
            key={`${hit.customer.reference} ${hit.label} ${hit.firstAt.toISOString()}`}
            className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1"
          >
            <Cell>
              <TextLink href={`/admin/customers/${encodeURIComponent(hit.customer.reference)}`}>
                <span dir="auto">{hit.customer.name}</span>
              </TextLink>
            </Cell>
            <Cell className="max-sm:order-3 max-sm:text-ink-soft max-sm:text-sm">
              <span dir="auto">{hit.label}</span>
            </Cell>
            <Cell className="max-sm:order-2">
              <Day at={hit.firstAt} />
            </Cell>
            <Cell numeric className="max-sm:order-4">
              {hit.before && (
                <>
                  <Amount of={hit.before} className="text-ink-soft" /> <span aria-hidden="true">→</span>{" "}
                </>
              )}
              <Amount of={price} />
              <span className="sm:hidden">
                {" "}
                <TaxMark is="net" />
              </span>
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
