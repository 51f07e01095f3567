import { useLocale, useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { classNames } from "@/components/ui/class-names";
import { Day } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { compare, isPositive, type Money } from "@/lib/kernel/money";
import type { InvoiceDetail, InvoiceLineView } from "@/lib/portal/shapes";

type Figures = Pick<InvoiceDetail, "net" | "tax" | "total" | "paid" | "credited" | "remaining">;

/** The invoice as a document: its lines, and the figures they add up to. */
export function InvoiceLines({ invoice }: { invoice: Figures & Pick<InvoiceDetail, "lines" | "note"> }) {
  const t = useTranslations("invoice");
  return (
    <section aria-labelledby="lines">
      <h2 id="lines" className="pb-2 font-semibold text-lg">
        {t("lines")}
      </h2>
      <Table>
        <TableHead>
          <Column className="w-full">{t("description")}</Column>
          <Column numeric>{t("quantity")}</Column>
          <Column numeric>{t("unit")}</Column>
          <Column numeric>{t("taxRate")}</Column>
          <Column numeric>{t("net")}</Column>
        </TableHead>
        <TableBody>
          {invoice.lines.map((line) => (
            <Line key={line.id} line={line} />
          ))}
        </TableBody>
      </Table>
      <Totals invoice={invoice} />
      {invoice.note !== "" && (
        <p className="mt-4 max-w-prose whitespace-pre-line text-ink-soft" dir="auto">
          {invoice.note}
        </p>
      )}
    </section>
  );
}

function Line({ line }: { line: InvoiceLineView }) {
  const t = useTranslations("invoice");
  return (
    <Row className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4">
      <Cell>
        {line.service ? (
          <TextLink href={`/services/${line.service.id}`}>
            <bdi>{line.description}</bdi>
          </TextLink>
        ) : (
          <span dir="auto">{line.description}</span>
        )}
        {line.termStartsAt && line.termEndsAt && (
          <span className="block text-ink-soft text-sm">
            {t.rich("term", {
              from: () => <Day at={line.termStartsAt as Date} />,
              to: () => <Day at={line.termEndsAt as Date} />,
            })}
          </span>
        )}
      </Cell>
      <Cell numeric className="max-sm:hidden">
        {line.quantity}
      </Cell>
      <Cell numeric className="max-sm:order-1 max-sm:text-left max-sm:text-ink-soft max-sm:text-sm">
        <span className="sm:hidden">{line.quantity} × </span>
        <Amount of={line.unit} />
      </Cell>
      <Cell numeric className="max-sm:order-2 max-sm:text-ink-soft max-sm:text-sm">
        <span className="sm:hidden">{t("taxRate")} </span>
        <TaxRate ppm={line.taxRatePpm} />
      </Cell>
      <Cell numeric>
        <Amount of={line.net} />
      </Cell>
    </Row>
  );
}

/** Parts per million as a percentage with no more decimals than it has. */
function TaxRate({ ppm }: { ppm: number }) {
  const locale = useLocale();
  const rate = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 4 }).format(
    ppm / 1_000_000,
  );
  return <span className="figures whitespace-nowrap">{rate}</span>;
}

function Totals({ invoice }: { invoice: Figures }) {
  const t = useTranslations("invoice");
  const { net, tax, total, paid, credited, remaining } = invoice;
  return (
    <dl className="mt-3 ml-auto grid max-w-72 gap-1.5">
      <Figure name={t("totalNet")} amount={net} />
      <Figure name={t("totalTax")} amount={tax} />
      <Figure name={t("total")} amount={total} isStrong />
      {isPositive(paid) && <Figure name={t("paid")} amount={paid} />}
      {isPositive(credited) && <Figure name={t("credited")} amount={credited} />}
      {compare(remaining, total) < 0 && <Figure name={t("remaining")} amount={remaining} isStrong />}
    </dl>
  );
}

function Figure({ name, amount, isStrong = false }: { name: string; amount: Money; isStrong?: boolean }) {
  return (
    <div
      className={classNames(
        "flex items-baseline justify-between gap-6",
        isStrong ? "border-t pt-1.5 font-semibold" : "text-ink-soft",
      )}
    >
      <dt>{name}</dt>
      <dd>
        <Amount of={amount} className={isStrong ? "" : "text-ink"} />
      </dd>
    </div>
  );
}
