import { useTranslations } from "next-intl";
import { StripeId } from "@/components/staff/stripe-id";
import { Amount } from "@/components/ui/amount";
import { DayOf, Moment } from "@/components/ui/day";
import { Fact, Facts } from "@/components/ui/facts";
import type { StaffPayment } from "@/lib/admin/show-payment";
import { isPositive } from "@/lib/kernel/money";

/** Who began a payment, from where its money comes, and how often Stripe was asked about it. */
export function PaymentFacts({ payment }: { payment: StaffPayment }) {
  const t = useTranslations("staff");
  const words = useTranslations("staffPayment");
  const { stripe, card, receipt, by, origin, fromBalance, byCard, byBank, excess } = payment;
  return (
    <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-4">
      <Fact name={t("started")}>
        <Moment at={payment.createdAt} />
      </Fact>
      <Fact name={words("ended")}>{payment.endedAt ? <Moment at={payment.endedAt} /> : "–"}</Fact>
      <Fact name={words("by")}>
        {words(`origin_${origin}`)}
        {by && (
          <span className="block text-ink-soft text-sm" dir="auto">
            {by}
          </span>
        )}
      </Fact>
      <Fact name={t("how")}>
        {t(`funding_${payment.funding}`)}
        {card && (
          <span className="block text-ink-soft text-sm">
            {card.brand} •••• {card.last4}
          </span>
        )}
      </Fact>
      {isPositive(fromBalance) && (
        <Fact name={words("fromBalance")}>
          <Amount of={fromBalance} />
        </Fact>
      )}
      {isPositive(byCard) && (
        <Fact name={words("byCard")}>
          <Amount of={byCard} />
        </Fact>
      )}
      {isPositive(byBank) && (
        <Fact name={words("byBank")}>
          <Amount of={byBank} />
        </Fact>
      )}
      {isPositive(excess) && (
        <Fact name={words("excess")}>
          <Amount of={excess} />
        </Fact>
      )}
      {receipt && (
        <>
          <Fact name={words("valueDate")}>
            <DayOf day={receipt.valueDate} />
          </Fact>
          <Fact name={words("bankReference")} className="col-span-2">
            <span className="break-words" dir="auto">
              {receipt.reference}
            </span>
            {receipt.sender && (
              <span className="block break-words text-ink-soft text-sm" dir="auto">
                {receipt.sender}
              </span>
            )}
          </Fact>
        </>
      )}
      {payment.failureCode && (
        <Fact name={words("failure")}>
          <span className="break-all">{payment.failureCode}</span>
        </Fact>
      )}
      {stripe && (
        <>
          <Fact name={words("sent")}>
            {words("times", { count: stripe.sendCount })}
            {stripe.firstSentAt && (
              <span className="block text-ink-soft text-sm">
                {words("firstAt")} <Moment at={stripe.firstSentAt} />
              </span>
            )}
          </Fact>
          <Fact name={words("asked")}>
            {words("times", { count: stripe.pollCount })}
            {stripe.nextPollAt && (
              <span className="block text-ink-soft text-sm">
                {words("nextAt")} <Moment at={stripe.nextPollAt} />
              </span>
            )}
          </Fact>
          <Fact name={words("stripeIds")} className="col-span-2">
            {stripe.ids.map((one) => (
              <StripeId key={one.id} of={one} />
            ))}
            {stripe.ids.length === 0 && "–"}
          </Fact>
        </>
      )}
    </Facts>
  );
}
