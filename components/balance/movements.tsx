import { useLocale, useTranslations } from "next-intl";
import { Amount } from "@/components/ui/amount";
import { classNames } from "@/components/ui/class-names";
import { formatMonth } from "@/components/ui/dates";
import { Day } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import { isPositive } from "@/lib/kernel/money";
import type { MonthOfMovements } from "@/lib/portal/months-of-movements";
import type { Movement } from "@/lib/portal/shapes";

/** What went in and out, the newest first, a table for each month, with the balance that each movement left. */
export function Movements({ months }: { months: readonly MonthOfMovements[] }) {
  const t = useTranslations("balance");
  const locale = useLocale();
  const nameOf = (month: string) => formatMonth(new Date(`${month}-01T00:00:00Z`), locale, "UTC");
  return (
    <div className="grid gap-9">
      {months.map(({ month, opening, closing, rows }, index) => (
        <section key={month}>
          <div className="flex flex-wrap items-baseline justify-between gap-x-6 pb-1">
            <h2 className="font-semibold text-lg">{nameOf(month)}</h2>
            <p className="text-ink-soft text-sm">
              {t.rich("monthFigures", {
                opening: () => <Amount of={opening} />,
                closing: () => <Amount of={closing} className="font-medium text-ink" />,
              })}
            </p>
          </div>
          <Table className="sm:table-fixed">
            <caption className="sr-only">{t("movementsOf", { month: nameOf(month) })}</caption>
            {/* The months line up, so that the names of their columns are needed once. */}
            <colgroup className="max-sm:hidden">
              <col className="w-32" />
              <col />
              <col className="w-36" />
              <col className="w-36" />
            </colgroup>
            <TableHead className={index > 0 ? "sr-only" : undefined}>
              <Column>{t("date")}</Column>
              <Column>{t("reason")}</Column>
              <Column numeric>{t("amount")}</Column>
              <Column numeric>{t("after")}</Column>
            </TableHead>
            <TableBody>
              {rows.map((movement) => (
                <MovementRow key={movement.id} movement={movement} />
              ))}
            </TableBody>
          </Table>
        </section>
      ))}
    </div>
  );
}

function MovementRow({ movement }: { movement: Movement }) {
  const t = useTranslations("balance");
  const { occurredAt, amount, balanceAfter } = movement;
  return (
    <Row className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-0.5">
      <Cell className="max-sm:order-2 max-sm:text-ink-soft max-sm:text-sm">
        <Day at={occurredAt} />
      </Cell>
      <Cell>
        <Reason movement={movement} />
      </Cell>
      <Cell numeric className="max-sm:order-1">
        <Amount of={amount} signed className={classNames("font-medium", isPositive(amount) && "text-good")} />
      </Cell>
      <Cell numeric className="text-ink-soft max-sm:order-3 max-sm:text-sm">
        <span className="sr-only sm:hidden">{t("after")} </span>
        <Amount of={balanceAfter} />
      </Cell>
    </Row>
  );
}

/** The ledger's word in the customer's language; one that is newer than this page is a correction. */
function Reason({ movement }: { movement: Movement }) {
  const t = useTranslations("movement");
  const known = movement.reason as Parameters<typeof t.has>[0];
  const reason = t.has(known) ? t(known) : t("other");
  const number = movement.invoiceNumber;
  if (!number) return reason;
  return t.rich("forInvoice", {
    reason,
    number,
    invoice: (text) => (
      <TextLink href={`/invoices/${encodeURIComponent(number)}`} className="figures whitespace-nowrap">
        {text}
      </TextLink>
    ),
  });
}
