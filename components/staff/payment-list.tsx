import { useTranslations } from "next-intl";
import { PaymentStateBadge } from "@/components/payment/payment-state";
import { Amount } from "@/components/ui/amount";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ListedPayment } from "@/lib/admin/list-payments";

const small = "max-sm:text-ink-soft max-sm:text-sm";

/** Payments of all customers. */
export function PaymentList({ payments }: { payments: readonly ListedPayment[] }) {
  const t = useTranslations("staff");
  const words = useTranslations("staffPayment");
  return (
    <Table aria-label={t("payments")}>
      <TableHead>
        <Column>{t("started")}</Column>
        <Column>{t("customer")}</Column>
        <Column>{t("how")}</Column>
        <Column>{words("by")}</Column>
        <Column numeric>{t("total")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {payments.map((payment) => {
          const customer = `/admin/customers/${encodeURIComponent(payment.customerReference)}`;
          return (
            <Row key={payment.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
              <Cell className="whitespace-nowrap">
                <TextLink href={`${customer}/payments/${payment.id}`}>
                  <Moment at={payment.createdAt} />
                </TextLink>
              </Cell>
              <Cell className="max-sm:order-3">
                <TextLink href={customer}>
                  <span dir="auto">{payment.customerName}</span>
                </TextLink>
              </Cell>
              <Cell className={`max-sm:order-5 ${small}`}>
                {payment.kind === "top_up" ? words("topUp") : t(`funding_${payment.funding}`)}
              </Cell>
              <Cell className="max-sm:sr-only">{words(`origin_${payment.origin}`)}</Cell>
              <Cell numeric className="max-sm:order-2">
                <Amount of={payment.amount} />
              </Cell>
              <Cell className="max-sm:order-4 max-sm:text-right">
                <PaymentStateBadge state={payment.state} />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}
