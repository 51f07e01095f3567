import { useTranslations } from "next-intl";
import { InvoiceStatusBadge } from "@/components/invoice/status-badge";
import { Amount } from "@/components/ui/amount";
import { Day, DayOf } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ListedInvoice } from "@/lib/admin/list-invoices";

const small = "max-sm:text-ink-soft max-sm:text-sm";

/** Invoices of all customers. */
export function InvoiceList({ invoices }: { invoices: readonly ListedInvoice[] }) {
  const t = useTranslations("staff");
  const words = useTranslations("staffList");
  return (
    <Table aria-label={t("invoices")}>
      <TableHead>
        <Column>{t("invoice")}</Column>
        <Column>{t("customer")}</Column>
        <Column>{words("issued")}</Column>
        <Column>{t("due")}</Column>
        <Column numeric>{t("total")}</Column>
        <Column numeric>{t("remaining")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {invoices.map((invoice) => {
          const customer = `/admin/customers/${encodeURIComponent(invoice.customerReference)}`;
          return (
            <Row key={invoice.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
              <Cell>
                <TextLink
                  href={`${customer}/invoices/${encodeURIComponent(invoice.number)}`}
                  className="figures"
                >
                  {invoice.number}
                </TextLink>
                <span className="block text-ink-soft text-sm" dir="auto">
                  {invoice.summary}
                </span>
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>
                <TextLink href={customer}>
                  <span dir="auto">{invoice.customerName}</span>
                </TextLink>
              </Cell>
              <Cell className="whitespace-nowrap max-sm:sr-only">
                <Day at={invoice.issuedAt} />
              </Cell>
              <Cell className={`whitespace-nowrap max-sm:order-5 ${small}`}>
                <span className="sm:hidden">{t("due")} </span>
                <DayOf day={invoice.dueOn} />
              </Cell>
              <Cell numeric className="max-sm:order-2">
                <Amount of={invoice.total} />
              </Cell>
              <Cell numeric className="max-sm:sr-only">
                <Amount of={invoice.remaining} />
              </Cell>
              <Cell className="max-sm:order-4 max-sm:text-right">
                <InvoiceStatusBadge status={invoice.status} />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}
