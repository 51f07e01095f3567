import { useTranslations } from "next-intl";
import { PaymentStateBadge } from "@/components/payment/payment-state";
import { Amount } from "@/components/ui/amount";
import { Moment } from "@/components/ui/day";
import { FileLink } from "@/components/ui/file-link";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import type { CustomerId } from "@/lib/kernel/id";
import { isZero } from "@/lib/kernel/money";
import type { PaymentView } from "@/lib/portal/shapes";

interface InvoicePaymentsProps {
  customerId: CustomerId;
  payments: readonly PaymentView[];
}

/** Every attempt to pay the invoice, and what each one moved to it. */
export function InvoicePayments({ customerId, payments }: InvoicePaymentsProps) {
  const t = useTranslations("invoice");
  const paper = useTranslations("paper.links");
  return (
    <section aria-labelledby="payments">
      <h2 id="payments" className="pb-2 font-semibold text-lg">
        {t("payments")}
      </h2>
      {payments.length === 0 ? (
        <p className="border-t py-3 text-ink-soft">{t("noPayments")}</p>
      ) : (
        <Table>
          <TableHead>
            <Column>{t("paymentDate")}</Column>
            <Column className="w-full">{t("paymentHow")}</Column>
            <Column>{t("paymentState")}</Column>
            <Column numeric>{t("paymentAmount")}</Column>
          </TableHead>
          <TableBody>
            {payments.map((payment) => (
              <Row key={payment.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-0.5">
                <Cell className="max-sm:order-2 max-sm:text-ink-soft max-sm:text-sm">
                  <Moment at={payment.createdAt} />
                </Cell>
                <Cell>
                  <Funding payment={payment} />
                  {payment.state === "succeeded" && (
                    <FileLink
                      customerId={customerId}
                      href={`/payments/${payment.id}/receipt`}
                      className="ml-3 text-sm"
                    >
                      {paper("receiptOf")}
                    </FileLink>
                  )}
                </Cell>
                <Cell className="max-sm:order-3 max-sm:justify-self-end">
                  <PaymentStateBadge state={payment.state} />
                </Cell>
                <Cell numeric className="max-sm:order-1">
                  {isZero(payment.allocated) ? (
                    <span className="text-ink-soft">–</span>
                  ) : (
                    <Amount of={payment.allocated} className="font-medium" />
                  )}
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </section>
  );
}

function Funding({ payment }: { payment: PaymentView }) {
  const t = useTranslations("funding");
  return (
    <>
      {payment.funding === "combined"
        ? t.rich("combined", {
            balance: () => <Amount of={payment.fromBalance} />,
            card: () => <Amount of={payment.byCard} />,
          })
        : t(payment.funding)}
      {payment.origin !== "customer" && <span className="text-ink-soft">, {t(payment.origin)}</span>}
    </>
  );
}
