import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { StripeReason } from "@/components/desk/stripe-reason";
import { TaskWords } from "@/components/desk/task-words";
import { PaymentStateBadge } from "@/components/payment/payment-state";
import { ActButton } from "@/components/ui/act-button";
import { Amount } from "@/components/ui/amount";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { Desk } from "@/lib/admin/shapes";
import type { Result } from "@/lib/kernel/result";
import type { PaymentState } from "@/lib/portal/shapes";

export interface DeskActions {
  syncPayment: (input: { customerId: string; paymentId: string }) => Promise<Result<unknown>>;
  replayParkedEvent: (input: { eventId: string }) => Promise<Result<unknown>>;
  closeTask: (input: { customerId: string; taskId: string }) => Promise<Result<unknown>>;
  confirmStripeAccount: (input: { accountId: string; mode: "live" | "test" }) => Promise<Result<unknown>>;
}

interface SectionsProps {
  desk: Desk;
  actions: DeskActions;
  texts: AnswerTexts;
  /** An auditor looks and does nothing. */
  may: { sync: boolean; replay: boolean; close: boolean; changeHost: boolean };
}

export function DeskSections(props: SectionsProps) {
  return (
    <div className="grid gap-12 pb-16">
      <Tasks {...props} />
      <Events {...props} />
      <Payments {...props} />
    </div>
  );
}

const rowLook = "max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1";

function Tasks({ desk, actions, texts, may }: SectionsProps) {
  const t = useTranslations("desk");
  return (
    <Section title={t("tasks")} none={t("noTasks")} count={desk.tasks.length}>
      <TableHead>
        <Column>{t("what")}</Column>
        <Column>{t("customer")}</Column>
        <Column>{t("since")}</Column>
        <Column>
          <span className="sr-only">{t("act")}</span>
        </Column>
      </TableHead>
      <TableBody>
        {desk.tasks.map(({ id, customerId, customerName, customerReference, createdAt, ...task }) => (
          <Row key={id} className={rowLook}>
            <Cell>
              <TaskWords task={task} />
            </Cell>
            <Cell className="max-sm:order-3 max-sm:text-ink-soft max-sm:text-sm">
              <CustomerLink name={customerName} reference={customerReference} />
            </Cell>
            <Cell className="max-sm:order-4 max-sm:text-ink-soft max-sm:text-sm">
              <Moment at={createdAt} />
            </Cell>
            <Cell className="text-right max-sm:order-2">
              {/* Money that waits ends its task by being moved. */}
              {task.kind === "suspense" && task.subject === "bank_receipt" && (
                <TextLink href="/admin/bank">{t("openBank")}</TextLink>
              )}
              {task.invoiceNumber && customerReference && (
                <TextLink
                  href={`/admin/customers/${encodeURIComponent(customerReference)}/invoices/${encodeURIComponent(task.invoiceNumber)}`}
                >
                  {t("openInvoice")}
                </TextLink>
              )}
              {task.paymentId && customerReference && (
                <TextLink
                  href={`/admin/customers/${encodeURIComponent(customerReference)}/payments/${task.paymentId}`}
                >
                  {t("openPayment")}
                </TextLink>
              )}
              {(task.subject === "refund" || task.subject === "dispute") && customerReference && (
                <TextLink href={`/admin/customers/${encodeURIComponent(customerReference)}/card-payments`}>
                  {t("openCustomer")}
                </TextLink>
              )}
              {task.kind === "stripe_account_changed" && may.changeHost && (
                <NewAccount detail={task.detail} action={actions.confirmStripeAccount} texts={texts} />
              )}
              {may.close && task.mayClose && (
                <ActButton
                  action={actions.closeTask}
                  input={{ customerId, taskId: id }}
                  label={t("closeOf", { customer: customerName })}
                  text={t("close")}
                  done={t("closed")}
                  texts={texts}
                />
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Section>
  );
}

interface NewAccountProps {
  detail: Record<string, string>;
  action: DeskActions["confirmStripeAccount"];
  texts: AnswerTexts;
}

function NewAccount({ detail, action, texts }: NewAccountProps) {
  const t = useTranslations("desk");
  const { accountId = "", oursId = "" } = detail;
  const mode: "live" | "test" = detail.mode === "live" ? "live" : "test";
  return (
    <ActButton
      action={action}
      input={{ accountId, mode }}
      label={t("useAccountOf", { account: accountId })}
      text={t("useAccount")}
      done={t("accountUsed", { account: accountId })}
      texts={texts}
      ask={{
        title: t("useAccountAsk", { account: accountId }),
        lines: [t("useAccountCards", { ours: oursId }), t("useAccountCharges"), t("useAccountBack")],
        confirm: t("useAccount"),
        keep: t("useAccountKeep"),
      }}
    />
  );
}

function Events({ desk, actions, texts, may }: SectionsProps) {
  const t = useTranslations("desk");
  return (
    <Section title={t("events")} none={t("noEvents")} count={desk.events.length}>
      <TableHead>
        <Column>{t("event")}</Column>
        <Column>{t("reason")}</Column>
        <Column>{t("since")}</Column>
        <Column>
          <span className="sr-only">{t("act")}</span>
        </Column>
      </TableHead>
      <TableBody>
        {desk.events.map(({ id, type, reason, receivedAt }) => (
          <Row key={id} className={rowLook}>
            <Cell className="break-all">
              {type}
              <span className="block text-ink-soft text-sm">{id}</span>
            </Cell>
            <Cell className="break-all max-sm:order-3 max-sm:text-ink-soft max-sm:text-sm">
              {reason && <StripeReason code={reason} />}
            </Cell>
            <Cell className="max-sm:order-4 max-sm:text-ink-soft max-sm:text-sm">
              <Moment at={receivedAt} />
            </Cell>
            <Cell className="text-right max-sm:order-2">
              {may.replay && (
                <ActButton
                  action={actions.replayParkedEvent}
                  input={{ eventId: id }}
                  label={t("replayOf", { event: type })}
                  text={t("replay")}
                  done={t("replayed")}
                  texts={texts}
                />
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Section>
  );
}

function Payments({ desk, actions, texts, may }: SectionsProps) {
  const t = useTranslations("desk");
  return (
    <Section title={t("payments")} none={t("noPayments")} count={desk.payments.length}>
      <TableHead>
        <Column>{t("customer")}</Column>
        <Column numeric>{t("byCard")}</Column>
        <Column>{t("state")}</Column>
        <Column>{t("since")}</Column>
        <Column>{t("nextLook")}</Column>
        <Column>
          <span className="sr-only">{t("act")}</span>
        </Column>
      </TableHead>
      <TableBody>
        {desk.payments.map((payment) => (
          <Row key={payment.id} className={rowLook}>
            <Cell>
              <CustomerLink name={payment.customerName} reference={payment.customerReference} />
            </Cell>
            <Cell numeric className="max-sm:order-2">
              <Amount of={payment.byCard} />
            </Cell>
            <Cell className="max-sm:order-3">
              <PaymentStateBadge state={payment.state as PaymentState} />
            </Cell>
            <Cell className="max-sm:order-5 max-sm:text-ink-soft max-sm:text-sm">
              <Moment at={payment.createdAt} />
            </Cell>
            <Cell className="max-sm:sr-only">
              <Moment at={payment.nextPollAt} />
            </Cell>
            <Cell className="text-right max-sm:order-4">
              {may.sync && (
                <ActButton
                  action={actions.syncPayment}
                  input={{ customerId: payment.customerId, paymentId: payment.id }}
                  label={t("syncOf", { customer: payment.customerName })}
                  text={t("sync")}
                  done={t("synced")}
                  texts={texts}
                />
              )}
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Section>
  );
}

/** The house has no page: what belongs to no customer is its own. */
function CustomerLink({ name, reference }: { name: string; reference: string | null }) {
  if (reference === null) return <span dir="auto">{name}</span>;
  return (
    <TextLink href={`/admin/customers/${encodeURIComponent(reference)}`}>
      <span dir="auto">{name}</span>
    </TextLink>
  );
}

function Section(props: { title: string; none: string; count: number; children: ReactNode }) {
  const { title, none, count, children } = props;
  return (
    <section>
      <h2 className="mb-2 font-semibold text-lg">
        {title} {count > 0 && <span className="figures font-normal text-ink-soft">{count}</span>}
      </h2>
      {count > 0 ? <Table aria-label={title}>{children}</Table> : <p className="text-ink-soft">{none}</p>}
    </section>
  );
}
