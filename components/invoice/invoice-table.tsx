import { ArrowDown } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { InvoiceStatusBadge } from "@/components/invoice/status-badge";
import { Amount } from "@/components/ui/amount";
import { Checkbox } from "@/components/ui/choice";
import { classNames } from "@/components/ui/class-names";
import { Day } from "@/components/ui/day";
import { DueOn } from "@/components/ui/due";
import { Link } from "@/components/ui/link";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { compare, isPositive } from "@/lib/kernel/money";
import type { InvoiceRow, InvoiceStatus } from "@/lib/portal/shapes";

interface InvoiceTableProps {
  rows: readonly InvoiceRow[];
  /** Whether this member may choose what is paid. */
  canPay: boolean;
  sort: "issued" | "due";
  /** Where the list is sorted otherwise. */
  sortHref: Record<"issued" | "due", string>;
}

/** Statuses in which an invoice can be paid together with others. */
const payable: readonly InvoiceStatus[] = ["open", "past_due", "partly_paid"];

/** Dense, to compare; on a phone each invoice is three short lines. */
export function InvoiceTable({ rows, canPay, sort, sortHref }: InvoiceTableProps) {
  const t = useTranslations("invoices");
  return (
    <Table>
      <caption className="sr-only">{t("list")}</caption>
      <TableHead>
        {canPay && (
          <Column className="w-9">
            <span className="sr-only">{t("choose")}</span>
          </Column>
        )}
        <Column>{t("number")}</Column>
        <Column>{t("summary")}</Column>
        <SortColumn
          isOn={sort === "issued"}
          href={sortHref.issued}
          hint={t("sortIssued")}
          className="max-lg:hidden"
        >
          {t("issued")}
        </SortColumn>
        <SortColumn isOn={sort === "due"} href={sortHref.due} hint={t("sortDue")}>
          {t("due")}
        </SortColumn>
        <Column numeric>{t("amount")}</Column>
        <Column className="w-32">{t("state")}</Column>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <InvoiceTableRow key={row.id} row={row} canPay={canPay} />
        ))}
      </TableBody>
    </Table>
  );
}

function InvoiceTableRow({ row, canPay }: { row: InvoiceRow; canPay: boolean }) {
  const t = useTranslations("invoices");
  const isPayable = payable.includes(row.status);
  const isPartlyPaid = isPositive(row.remaining) && compare(row.remaining, row.total) < 0;
  return (
    <Row
      className={classNames(
        "group hover:bg-sunken/60 max-sm:gap-x-2 max-sm:gap-y-0.5",
        canPay ? "max-sm:grid-cols-[2.25rem_minmax(0,1fr)_auto]" : "max-sm:grid-cols-[minmax(0,1fr)_auto]",
      )}
    >
      {canPay && (
        <Cell className="w-9 max-sm:row-span-3">
          {isPayable && !row.isPaymentStarted && (
            <label className="relative z-1 -m-2 inline-flex cursor-pointer p-2">
              <span className="sr-only">{t("chooseOne", { number: row.number })}</span>
              <Checkbox
                name="invoice"
                value={row.id}
                data-minor={row.remaining.minor.toString()}
                data-currency={row.remaining.currency}
              />
            </label>
          )}
        </Cell>
      )}
      <Cell className="whitespace-nowrap">
        <Link
          href={`/invoices/${encodeURIComponent(row.number)}`}
          // The whole row leads to the invoice; the link itself stays short for those who hear it.
          className="figures font-medium text-ink after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent group-hover:text-accent"
        >
          {row.number}
        </Link>
      </Cell>
      <Cell
        className={classNames(
          "w-full max-w-0 truncate max-sm:order-1 max-sm:max-w-none max-sm:text-sm",
          canPay && "max-sm:col-start-2",
        )}
      >
        <span dir="auto" title={row.summary}>
          {row.summary}
        </span>
      </Cell>
      <Cell className="max-lg:hidden">
        <Day at={row.issuedAt} />
      </Cell>
      <Cell
        className={classNames(
          "max-sm:order-2 max-sm:flex max-sm:gap-2 max-sm:text-sm",
          canPay && "max-sm:col-start-2",
        )}
      >
        <DueOn day={row.dueOn} isUrgent={isPayable} />
      </Cell>
      <Cell numeric className="max-sm:row-span-2">
        <Amount of={row.total} className="font-medium" />
        {isPartlyPaid && (
          <span className="block text-ink-soft text-sm">
            {t.rich("left", { amount: () => <Amount of={row.remaining} /> })}
          </span>
        )}
      </Cell>
      <Cell className="max-sm:order-3 max-sm:justify-self-end">
        <InvoiceStatusBadge status={row.status} />
        {row.isPaymentStarted && (
          <span className="block text-ink-soft text-sm max-sm:text-right">{t("paymentStarted")}</span>
        )}
      </Cell>
    </Row>
  );
}

interface SortColumnProps {
  isOn: boolean;
  href: string;
  hint: string;
  className?: string;
  children: ReactNode;
}

function SortColumn({ isOn, href, hint, className, children }: SortColumnProps) {
  return (
    <Column aria-sort={isOn ? "descending" : undefined} className={className}>
      <Link
        href={href}
        title={hint}
        className="inline-flex items-center gap-1 rounded-sm whitespace-nowrap hover:text-ink"
      >
        {children}
        <ArrowDown aria-hidden="true" className={isOn ? "size-3.5" : "size-3.5 opacity-0"} />
      </Link>
    </Column>
  );
}
