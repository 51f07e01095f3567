import { useTranslations } from "next-intl";
import { InvoiceStatusBadge } from "@/components/invoice/status-badge";
import { Amount } from "@/components/ui/amount";
import { DueOn } from "@/components/ui/due";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ServiceDetail } from "@/lib/portal/show-service";

/** What was billed for it, the latest first, and the way to all of it. */
export function ServiceInvoices({ service: { id, invoices, invoiceCount } }: { service: ServiceDetail }) {
  const t = useTranslations("service");
  const list = useTranslations("invoices");
  if (invoices.length === 0) return null;
  return (
    <section aria-labelledby="invoices">
      <h2 id="invoices" className="pb-2 font-semibold text-lg">
        {t("invoices")}
      </h2>
      <Table>
        <caption className="sr-only">{t("invoices")}</caption>
        <TableHead>
          <Column className="w-full">{list("number")}</Column>
          <Column>{list("due")}</Column>
          <Column numeric>{list("amount")}</Column>
          <Column>{list("state")}</Column>
        </TableHead>
        <TableBody>
          {invoices.map((invoice) => (
            <Row key={invoice.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4">
              <Cell>
                <TextLink href={`/invoices/${encodeURIComponent(invoice.number)}`} className="figures">
                  {invoice.number}
                </TextLink>
              </Cell>
              <Cell className="whitespace-nowrap max-sm:order-2 max-sm:text-ink-soft max-sm:text-sm">
                <DueOn day={invoice.dueOn} isUrgent={false} />
              </Cell>
              <Cell numeric className="max-sm:order-1">
                <Amount of={invoice.total} className="font-medium" />
              </Cell>
              <Cell className="max-sm:order-3 max-sm:justify-self-end">
                <InvoiceStatusBadge status={invoice.status} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
      {invoiceCount > invoices.length && (
        <p className="pt-2 text-sm">
          <TextLink href={`/invoices?service=${id}`}>{t("allInvoices", { count: invoiceCount })}</TextLink>
        </p>
      )}
    </section>
  );
}
