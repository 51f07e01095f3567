import { useLocale, useTimeZone, useTranslations } from "next-intl";
import { OpenPaymentActions } from "@/components/payment/open-payment-actions";
import type { AnswerTexts, PayActions } from "@/components/payment/pay-answers";
import { PaymentStateBadge } from "@/components/payment/payment-state";
import { formatMoment } from "@/components/ui/dates";
import { formatMoney, isPositive } from "@/lib/kernel/money";
import type { PaymentState, PaymentView } from "@/lib/portal/shapes";

interface OpenPaymentProps {
  payment: PaymentView;
  canPay: boolean;
  actions: PayActions;
  texts: AnswerTexts;
}

/** A payment that has begun and not ended: what it holds, what it waits for, and the ways on. */
export function OpenPayment({ payment, canPay, actions, texts }: OpenPaymentProps) {
  const t = useTranslations("pay");
  const locale = useLocale();
  const date = formatMoment(payment.createdAt, locale, useTimeZone() ?? "UTC");
  const card = formatMoney(payment.byCard, locale);
  const { canResume, canAbandon } = payment;
  return (
    <div className="mt-5 grid gap-3 border-t pt-4">
      <div>
        <h3 className="font-semibold">{t("underWay")}</h3>
        <PaymentStateBadge state={payment.state} />
      </div>
      <p className="figures">
        {isPositive(payment.fromBalance)
          ? t("underWayCombined", { card, balance: formatMoney(payment.fromBalance, locale), date })
          : t("underWayAmounts", { amount: card, date })}
      </p>
      <p className="text-ink-soft text-sm">{t(sentences[payment.state])}</p>
      {canPay && (canResume || canAbandon) && (
        <OpenPaymentActions
          paymentId={payment.id}
          resume={canResume ? t("resume") : null}
          abandon={canAbandon ? { button: t("abandon"), note: t("abandonNote"), done: t("abandoned") } : null}
          actions={actions}
          texts={texts}
        />
      )}
    </div>
  );
}

const sentences = {
  created: "stateCreated",
  sent: "stateSent",
  requires_action: "stateAction",
  processing: "stateProcessing",
  unknown: "stateUnknown",
  // A payment that has ended is not under way any more: what is shown here is about to be read anew.
  succeeded: "stateProcessing",
  failed: "stateSent",
  canceled: "stateSent",
  expired: "stateSent",
} as const satisfies Record<PaymentState, string>;
