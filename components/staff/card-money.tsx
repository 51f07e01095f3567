import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { ActionForm } from "@/components/sign-in/action-form";
import { StripeId } from "@/components/staff/stripe-id";
import { ActButton } from "@/components/ui/act-button";
import { Amount } from "@/components/ui/amount";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Badge, type Shape, type Tone } from "@/components/ui/badge";
import { Day, Moment } from "@/components/ui/day";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import type { CardMoney } from "@/lib/admin/show-card-money";
import { newId } from "@/lib/kernel/id";
import { formatMoney, isPositive } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";

const rowLook = "max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1";
const small = "max-sm:text-ink-soft max-sm:text-sm";

interface ChargeTableProps<State> {
  money: CardMoney;
  /** Null for who may not. */
  action: ((previous: State | null, form: FormData) => Promise<State>) | null;
  answers: AnswerTexts;
}

/** Card payments, each with what became of it and, where something is left, the form that refunds it. */
export function ChargeTable<State extends Result<unknown>>({
  money,
  action,
  answers,
}: ChargeTableProps<State>) {
  const t = useTranslations("moneyBack");
  return (
    <Section title={t("charged")} none={t("none")} count={money.charges.length}>
      <TableHead>
        <Column>{t("charge")}</Column>
        <Column numeric>{t("charged")}</Column>
        <Column numeric>{t("refundable")}</Column>
      </TableHead>
      <TableBody>
        {money.charges.map((charge) => (
          <Row key={charge.id} className={rowLook}>
            <Cell>
              <Moment at={charge.bookedAt} />
              <StripeId of={charge.stripe} />
              <Parts charge={charge} />
              {action && isPositive(charge.refundable) && (
                <RefundForm customerId={money.customerId} charge={charge} action={action} answers={answers} />
              )}
            </Cell>
            <Cell numeric>
              <Amount of={charge.amount} />
            </Cell>
            <Cell numeric className={`max-sm:order-3 ${small}`}>
              <Amount of={charge.refundable} />
            </Cell>
          </Row>
        ))}
      </TableBody>
    </Section>
  );
}

type Charge = CardMoney["charges"][number];

/** Where the rest of a charge is. */
function Parts({ charge }: { charge: Charge }) {
  const t = useTranslations("moneyBack");
  const parts = (["onInvoices", "refunded", "disputed"] as const).filter((name) => isPositive(charge[name]));
  return parts.map((name) => (
    <span key={name} className="block text-ink-soft text-sm">
      <Amount of={charge[name]} /> {t(name)}
    </span>
  ));
}

function RefundForm<State extends Result<unknown>>(props: {
  customerId: string;
  charge: Charge;
  action: (previous: State | null, form: FormData) => Promise<State>;
  answers: AnswerTexts;
}) {
  const { customerId, charge, action, answers } = props;
  const t = useTranslations("moneyBack");
  const ask = useTranslations("ask");
  const locale = useLocale();
  const { currency, minor } = charge.refundable;
  const most = formatMoney(charge.refundable, locale);
  return (
    <details className="mt-2">
      <summary className="cursor-pointer text-accent text-sm">{t("refund")}</summary>
      <div className="mt-3 max-w-sm">
        <ActionForm
          action={action}
          hidden={{
            customerId,
            chargeId: charge.id,
            refundId: newId(),
            currency,
            seenMinor: minor.toString(),
          }}
          fields={[
            {
              name: "amount",
              label: t("amount", { currency }),
              hint: t("amountHint", { most }),
              type: "text",
              autoComplete: "off",
              maxLength: 20,
            },
            { name: "reason", label: t("reason"), type: "text", autoComplete: "off", maxLength: 500 },
          ]}
          submit={t("refund")}
          ask={{
            title: ask("refundTitle", { amount: "{amount}", currency }),
            lines: [ask("refundGone"), ask("refundBalance")],
            confirm: ask("refundConfirm", { amount: "{amount}", currency }),
            keep: ask("keep"),
          }}
          answers={answers}
          said={t("done")}
        />
      </div>
    </details>
  );
}

type Refund = CardMoney["refunds"][number];
type Act = ((input: { customerId: string; refundId: string }) => Promise<Result<unknown>>) | null;

export function RefundTable(props: { money: CardMoney; attach: Act; sync: Act; texts: AnswerTexts }) {
  const { money, attach, sync, texts } = props;
  const t = useTranslations("moneyBack");
  const ask = useTranslations("ask");
  const locale = useLocale();
  if (money.refunds.length === 0) return null;
  return (
    <Section title={t("refunds")} none={t("none")} count={money.refunds.length}>
      <TableHead>
        <Column>{t("refund")}</Column>
        <Column numeric>{t("charged")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {money.refunds.map((refund) => {
          const amount = formatMoney(refund.amount, locale);
          const input = { customerId: money.customerId, refundId: refund.id };
          return (
            <Row key={refund.id} className={rowLook}>
              <Cell>
                <Moment at={refund.createdAt} />
                {refund.stripe && <StripeId of={refund.stripe} />}
                <RefundWords refund={refund} />
              </Cell>
              <Cell numeric>
                <Amount of={refund.amount} />
              </Cell>
              <Cell className="max-sm:order-3">
                <Badge {...refundLooks[refund.state]}>{t(`refund_${refund.state}`)}</Badge>
                {attach && isPositive(refund.waiting) && (
                  <ActButton
                    action={attach}
                    input={input}
                    label={t("attachOf", { amount })}
                    text={t("attach")}
                    done={t("attached")}
                    texts={texts}
                    ask={{
                      title: ask("attachTitle", { amount }),
                      lines: [ask("attachBody")],
                      confirm: ask("attachConfirm", { amount }),
                      keep: ask("keep"),
                    }}
                  />
                )}
                {sync && !["succeeded", "failed"].includes(refund.state) && (
                  <ActButton
                    action={sync}
                    input={input}
                    label={t("syncOfRefund", { amount })}
                    text={t("sync")}
                    done={t("synced")}
                    texts={texts}
                  />
                )}
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Section>
  );
}

function RefundWords({ refund }: { refund: Refund }) {
  const t = useTranslations("moneyBack");
  const locale = useLocale();
  const lines = [
    refund.origin === "dashboard" ? t("byDashboard") : refund.who && t("by", { name: refund.who }),
    refund.note,
    refund.failureCode && t("reasonOf", { reason: refund.failureCode }),
    isPositive(refund.waiting) && t("waits", { amount: formatMoney(refund.waiting, locale) }),
  ];
  return lines
    .filter((line) => line)
    .map((line) => (
      <span key={String(line)} className="block break-words text-ink-soft text-sm" dir="auto">
        {line}
      </span>
    ));
}

export function DisputeTable<State extends Result<unknown>>(props: {
  money: CardMoney;
  sync: ((input: { customerId: string; disputeId: string }) => Promise<Result<unknown>>) | null;
  /** Says that what the bank keeps is lost, where Stripe's word alone does not decide it. */
  agree: ((previous: State | null, form: FormData) => Promise<State>) | null;
  texts: AnswerTexts;
}) {
  const { money, sync, agree, texts } = props;
  const t = useTranslations("moneyBack");
  const ask = useTranslations("ask");
  const locale = useLocale();
  if (money.disputes.length === 0) return null;
  return (
    <Section title={t("disputes")} none={t("none")} count={money.disputes.length}>
      <TableHead>
        <Column>{t("charge")}</Column>
        <Column numeric>{t("charged")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {money.disputes.map(
          ({ id, stripe, paidAt, amount, state, isInquiry, reason, evidenceDueAt, out, awaitsWord }) => (
            <Row key={id} className={rowLook}>
              <Cell>
                <Day at={paidAt} />
                <StripeId of={stripe} />
                <span className="block text-ink-soft text-sm">{t("stripeReason", { reason })}</span>
                {state === "open" && evidenceDueAt && (
                  <span className="block text-ink-soft text-sm">
                    {t.rich("due", { date: () => <Day at={evidenceDueAt} /> })}
                  </span>
                )}
              </Cell>
              <Cell numeric>
                <Amount of={amount} />
              </Cell>
              <Cell className="max-sm:order-3">
                <Badge {...disputeLooks[state]}>
                  {t(isInquiry && state === "open" ? "dispute_inquiry" : `dispute_${state}`)}
                </Badge>
                {sync && state === "open" && (
                  <ActButton
                    action={sync}
                    input={{ customerId: money.customerId, disputeId: id }}
                    label={t("syncOfRefund", { amount: formatMoney(amount, locale) })}
                    text={t("sync")}
                    done={t("synced")}
                    texts={texts}
                  />
                )}
                {agree && awaitsWord && (
                  <details className="mt-2">
                    <summary className="cursor-pointer font-medium text-accent">
                      {t("agreeLoss", { amount: formatMoney(out, locale) })}
                    </summary>
                    <p className="my-2 max-w-prose text-ink-soft text-sm">{t("agreeLossNote")}</p>
                    <ActionForm
                      action={agree}
                      hidden={{ customerId: money.customerId, disputeId: id }}
                      fields={[
                        {
                          name: "reason",
                          label: t("reason"),
                          type: "text",
                          autoComplete: "off",
                          maxLength: 500,
                        },
                      ]}
                      submit={t("agreeLoss", { amount: formatMoney(out, locale) })}
                      ask={{
                        title: ask("lossTitle", { amount: formatMoney(out, locale) }),
                        lines: [t("agreeLossNote")],
                        confirm: t("agreeLoss", { amount: formatMoney(out, locale) }),
                        keep: ask("keep"),
                      }}
                      answers={texts}
                      said={t("agreedLoss")}
                    />
                  </details>
                )}
              </Cell>
            </Row>
          ),
        )}
      </TableBody>
    </Section>
  );
}

type Look = { tone: Tone; shape: Shape };

const refundLooks: Record<Refund["state"], Look> = {
  created: { tone: "calm", shape: "ring" },
  sent: { tone: "calm", shape: "dots" },
  pending: { tone: "calm", shape: "dots" },
  unknown: { tone: "warn", shape: "half" },
  succeeded: { tone: "good", shape: "tick" },
  failed: { tone: "bad", shape: "triangle" },
};

const disputeLooks: Record<CardMoney["disputes"][number]["state"], Look> = {
  open: { tone: "warn", shape: "half" },
  won: { tone: "good", shape: "tick" },
  lost: { tone: "bad", shape: "triangle" },
};

function Section(props: { title: string; none: string; count: number; children: ReactNode }) {
  const { title, none, count, children } = props;
  return (
    <section>
      <h2 className="mb-2 font-semibold text-lg">{title}</h2>
      {count > 0 ? <Table aria-label={title}>{children}</Table> : <p className="text-ink-soft">{none}</p>}
    </section>
  );
}
