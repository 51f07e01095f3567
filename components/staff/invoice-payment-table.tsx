import { useTranslations } from "next-intl";
import { PaymentStateBadge } from "@/components/payment/payment-state";
import { Amount } from "@/components/ui/amount";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { InvoicePayment } from "@/lib/admin/show-invoice";

interface InvoicePaymentTableProps {
  payments: readonly InvoicePayment[];
  /** The customer's address. */
  customer: string;
}

/** Every attempt to pay an invoice, what each planned for it, and what it moved to it. */
export function InvoicePaymentTable({ payments, customer }: InvoicePaymentTableProps) {
  const t = useTranslations("staff");
  const words = useTranslations("staffPayment");
  return (
    <Table aria-label={t("payments")}>
      <TableHead>
        <Column>{t("started")}</Column>
        <Column>{t("how")}</Column>
        <Column>{words("by")}</Column>
        <Column>{t("state")}</Column>
        <Column numeric>{words("planned")}</Column>
        <Column numeric>{words("moved")}</Column>
      </TableHead>
      <TableBody>
        {payments.map(({ id, createdAt, funding, origin, state, planned, allocated }) => (
          <Row key={id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
            <Cell className="whitespace-nowrap">
              <TextLink href={`${customer}/payments/${id}`}>
                <Moment at={createdAt} />
              </TextLink>
            </Cell>
            <Cell className="max-sm:order-3 max-sm:text-ink-soft max-sm:text-sm">
              {t(`funding_${funding}`)}
            </Cell>
            <Cell className="max-sm:sr-only">{words(`origin_${origin}`)}</Cell>
            <Cell className="max-sm:order-4 max-sm:text-right">
              <PaymentStateBadge state={state} />
            </Cell>
            <Cell numeric className="max-sm:sr-only">
              <Amount of={planned} />
            </Cell>
            <Cell numeric className="max-sm:order-2">
              <Amount of={allocated} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Table>
  );
}
