import { useTranslations } from "next-intl";
import { EventStateBadge } from "@/components/staff/event-state";
import { Section } from "@/components/staff/section";
import { StripeId } from "@/components/staff/stripe-id";
import { Amount } from "@/components/ui/amount";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { StaffPayment } from "@/lib/admin/show-payment";

const rowLook = "max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1";
const small = "max-sm:text-ink-soft max-sm:text-sm";

interface TablesProps {
  payment: StaffPayment;
  /** The customer's address. */
  customer: string;
}

/** What a payment planned and moved: its invoices, its charges, its rows in the ledger, and what Stripe told of it. */
export function PaymentTables({ payment, customer }: TablesProps) {
  return (
    <>
      {payment.shares.length > 0 && <Shares payment={payment} customer={customer} />}
      {payment.charges.length > 0 && <Charges payment={payment} />}
      <Transfers payment={payment} />
      {payment.stripe && <Events payment={payment} />}
    </>
  );
}

function Shares({ payment, customer }: TablesProps) {
  const t = useTranslations("staff");
  const words = useTranslations("staffPayment");
  return (
    <Section title={t("invoices")}>
      <Table aria-label={t("invoices")}>
        <TableHead>
          <Column>{t("invoice")}</Column>
          <Column numeric>{words("planned")}</Column>
          <Column numeric>{words("moved")}</Column>
        </TableHead>
        <TableBody>
          {payment.shares.map(({ number, planned, allocated }) => (
            <Row key={number} className={rowLook}>
              <Cell>
                <TextLink href={`${customer}/invoices/${encodeURIComponent(number)}`} className="figures">
                  {number}
                </TextLink>
              </Cell>
              <Cell numeric className={`max-sm:order-3 max-sm:col-span-2 ${small}`}>
                <span className="sm:hidden">{words("planned")} </span>
                <Amount of={planned} />
              </Cell>
              <Cell numeric>
                <Amount of={allocated} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

function Charges({ payment }: { payment: StaffPayment }) {
  const words = useTranslations("staffPayment");
  return (
    <Section title={words("charges")}>
      <Table aria-label={words("charges")}>
        <TableHead>
          <Column>{words("charge")}</Column>
          <Column>{words("booked")}</Column>
          <Column numeric>{words("amount")}</Column>
          <Column numeric>{words("fee")}</Column>
        </TableHead>
        <TableBody>
          {payment.charges.map(({ stripe, amount, fee, bookedAt }) => (
            <Row key={stripe.id} className={rowLook}>
              <Cell>
                <StripeId of={stripe} />
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>
                <Moment at={bookedAt} />
              </Cell>
              <Cell numeric>
                <Amount of={amount} />
              </Cell>
              <Cell numeric className={`max-sm:order-4 ${small}`}>
                {fee ? <Amount of={fee} /> : words("feeUnknown")}
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

function Transfers({ payment }: { payment: StaffPayment }) {
  const words = useTranslations("staffPayment");
  const reasons = useTranslations("movement");
  return (
    <Section title={words("transfers")} none={words("noTransfers")} isEmpty={payment.transfers.length === 0}>
      <Table aria-label={words("transfers")}>
        <TableHead>
          <Column>{words("when")}</Column>
          <Column>{words("what")}</Column>
          <Column>{words("debit")}</Column>
          <Column>{words("credit")}</Column>
          <Column numeric>{words("amount")}</Column>
        </TableHead>
        <TableBody>
          {payment.transfers.map(({ id, kind, debit, credit, reason, amount, occurredAt }) => {
            const known = reason as Parameters<typeof reasons.has>[0];
            return (
              <Row key={id} className={rowLook}>
                <Cell className={`whitespace-nowrap max-sm:order-3 ${small}`}>
                  <Moment at={occurredAt} />
                </Cell>
                <Cell>
                  {reasons.has(known) ? reasons(known) : reason}
                  {kind !== "posted" && (
                    <span className="block text-ink-soft text-sm">{words(`kind_${kind}`)}</span>
                  )}
                </Cell>
                <Cell className={`max-sm:order-4 max-sm:text-right ${small}`}>
                  <code className="text-sm">{debit}</code>
                </Cell>
                <Cell className="max-sm:order-5 max-sm:col-span-2 max-sm:text-right max-sm:text-ink-soft">
                  <span className="sm:hidden">→ </span>
                  <code className="text-sm">{credit}</code>
                </Cell>
                <Cell numeric className="max-sm:order-2">
                  <Amount of={amount} />
                </Cell>
              </Row>
            );
          })}
        </TableBody>
      </Table>
    </Section>
  );
}

function Events({ payment }: { payment: StaffPayment }) {
  const words = useTranslations("staffPayment");
  const t = useTranslations("events");
  return (
    <Section title={t("title")} none={words("noEvents")} isEmpty={payment.events.length === 0}>
      <Table aria-label={t("title")}>
        <TableHead>
          <Column>{t("event")}</Column>
          <Column>{t("received")}</Column>
          <Column>{t("state")}</Column>
        </TableHead>
        <TableBody>
          {payment.events.map(({ id, type, state, receivedAt }) => (
            <Row key={id} className={rowLook}>
              <Cell className="break-all">
                <TextLink href={`/admin/events/${id}`}>{type}</TextLink>
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>
                <Moment at={receivedAt} />
              </Cell>
              <Cell className="max-sm:text-right">
                <EventStateBadge state={state} />
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
