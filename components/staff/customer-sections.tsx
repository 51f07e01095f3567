import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { InvoiceStatusBadge } from "@/components/invoice/status-badge";
import { PaymentStateBadge } from "@/components/payment/payment-state";
import { ServiceStateBadge } from "@/components/service/service-table";
import { ActivityTable } from "@/components/staff/activity-table";
import { Amount } from "@/components/ui/amount";
import { Day, DayOf, Moment } from "@/components/ui/day";
import { FileLink } from "@/components/ui/file-link";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { CustomerPicture } from "@/lib/admin/show-customer";
import type { PaymentState, ServiceState } from "@/lib/portal/shapes";

const rowLook = "max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1";
const small = "max-sm:text-ink-soft max-sm:text-sm";

interface SectionsProps {
  picture: CustomerPicture;
  /** The form that voids one, for those who may. */
  voidForm: (invoice: CustomerPicture["invoices"][number]) => ReactNode;
  /** The button that ends its pay links and makes a new one. */
  payLink: (invoice: CustomerPicture["invoices"][number]) => ReactNode;
  /** What else there is, before the record. */
  children: ReactNode;
}

/** One customer's invoices, services, payments and what was done, the newest of each. */
export function CustomerSections({ picture, voidForm, payLink, children }: SectionsProps) {
  const t = useTranslations("staff");
  const paper = useTranslations("paper.links");
  const changePlan = useTranslations("planChange");
  const papers = (path: string) => `/admin/customers/${encodeURIComponent(picture.reference)}/${path}`;
  const listOf = (list: string) => `/admin/${list}?q=${encodeURIComponent(picture.reference)}`;
  return (
    <>
      <Section
        title={t("invoices")}
        isEmpty={picture.invoices.length === 0}
        more={{ href: listOf("invoices"), text: t("allInvoices") }}
      >
        <TableHead>
          <Column>{t("invoice")}</Column>
          <Column>{t("due")}</Column>
          <Column numeric>{t("total")}</Column>
          <Column numeric>{t("remaining")}</Column>
          <Column>{t("state")}</Column>
        </TableHead>
        <TableBody>
          {picture.invoices.map((invoice) => (
            <Row key={invoice.id} className={rowLook}>
              <Cell>
                <TextLink href={papers(`invoices/${encodeURIComponent(invoice.number)}`)} className="figures">
                  {invoice.number}
                </TextLink>
                <span className="block text-ink-soft text-sm" dir="auto">
                  {invoice.summary}
                </span>
                <FileLink
                  href={papers(`invoices/${encodeURIComponent(invoice.number)}/pdf`)}
                  className="text-sm"
                >
                  {paper("pdf")}
                </FileLink>
                {invoice.state === "open" && payLink(invoice)}
                {invoice.state === "open" && voidForm(invoice)}
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>
                <DayOf day={invoice.dueOn} />
              </Cell>
              <Cell numeric className="max-sm:order-2">
                <Amount of={invoice.total} />
              </Cell>
              <Cell numeric className={`max-sm:sr-only ${small}`}>
                <Amount of={invoice.remaining} />
              </Cell>
              <Cell className="max-sm:order-4">
                <InvoiceStatusBadge status={invoice.status} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Section>
      <Section title={t("services")} isEmpty={picture.services.length === 0}>
        <TableHead>
          <Column>{t("service")}</Column>
          <Column>{t("expires")}</Column>
          <Column>{t("state")}</Column>
        </TableHead>
        <TableBody>
          {picture.services.map(({ id, label, planName, state, expiresAt }) => (
            <Row key={id} className={rowLook}>
              <Cell>
                <TextLink href={papers(`services/${id}`)}>
                  <span dir="auto">{label}</span>
                </TextLink>
                <span className="block text-ink-soft text-sm" dir="auto">
                  {planName}
                </span>
                {(state === "active" || state === "suspended") && (
                  <TextLink href={papers(`services/${id}/plan`)} className="text-sm">
                    {changePlan("changeLink")}
                  </TextLink>
                )}
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>{expiresAt ? <Day at={expiresAt} /> : "–"}</Cell>
              <Cell>
                <ServiceStateBadge state={state as ServiceState} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Section>
      <Section
        title={t("payments")}
        isEmpty={picture.payments.length === 0}
        more={{ href: listOf("payments"), text: t("allPayments") }}
      >
        <TableHead>
          <Column>{t("started")}</Column>
          <Column>{t("how")}</Column>
          <Column numeric>{t("total")}</Column>
          <Column>{t("state")}</Column>
        </TableHead>
        <TableBody>
          {picture.payments.map(({ id, createdAt, funding, amount, state }) => (
            <Row key={id} className={rowLook}>
              <Cell>
                <TextLink href={papers(`payments/${id}`)}>
                  <Moment at={createdAt} />
                </TextLink>
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>
                {t(`funding_${funding as "card" | "balance" | "combined" | "bank"}`)}
              </Cell>
              <Cell numeric className="max-sm:order-2">
                <Amount of={amount} />
              </Cell>
              <Cell className="max-sm:order-4">
                <span className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
                  <PaymentStateBadge state={state as PaymentState} />
                  {state === "succeeded" && (
                    <FileLink href={papers(`payments/${id}/receipt`)} className="text-sm">
                      {paper("receiptOf")}
                    </FileLink>
                  )}
                </span>
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Section>
      {children}
      <section>
        <h2 className="mb-2 font-semibold text-lg">{t("activity")}</h2>
        {picture.activities.length === 0 ? (
          <p className="text-ink-soft">{t("nothing")}</p>
        ) : (
          <ActivityTable label={t("activity")} activities={picture.activities} />
        )}
      </section>
    </>
  );
}

interface SectionProps {
  title: string;
  isEmpty: boolean;
  /** The list that goes on where this one ends. */
  more?: { href: string; text: string };
  children: ReactNode;
}

function Section({ title, isEmpty, more, children }: SectionProps) {
  const t = useTranslations("staff");
  return (
    <section>
      <div className="mb-2 flex items-baseline justify-between gap-4">
        <h2 className="font-semibold text-lg">{title}</h2>
        {more && !isEmpty && (
          <TextLink href={more.href} className="text-sm">
            {more.text}
          </TextLink>
        )}
      </div>
      {isEmpty ? (
        <p className="text-ink-soft">{t("nothing")}</p>
      ) : (
        <Table aria-label={title}>{children}</Table>
      )}
    </section>
  );
}
