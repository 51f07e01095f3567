import { getLocale, getTranslations } from "next-intl/server";
import { answerTexts } from "@/components/payment/answer-texts";
import { type LinkAction, LinkPayForm } from "@/components/payment/link-pay-form";
import { methodsLine } from "@/components/payment/method-words";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { DayOf } from "@/components/ui/day";
import { DueOn } from "@/components/ui/due";
import type { PaymentId } from "@/lib/kernel/id";
import { formatMoney, money } from "@/lib/kernel/money";
import type { PayLinkDue } from "@/lib/portal/show-pay-link";

interface LinkInvoiceProps {
  token: string;
  view: PayLinkDue;
  /** Made once for each way of paying on this page: a double click is the same payment. */
  paymentIds: { byCard: PaymentId; withBalance: PaymentId };
  action: LinkAction;
  /** What Stripe's page offers. */
  pageMethods: readonly string[];
}

/** What a link pays, for whoever was given it: what for, how much, until when, and one button. */
export async function LinkInvoice({ token, view, paymentIds, action, pageMethods }: LinkInvoiceProps) {
  const t = await getTranslations("payLink");
  const locale = await getLocale();
  const { number, summary, dueOn, invoices, due, plan, withBalance, isBegun } = view;
  const own = invoices.filter(({ isEarlier }) => !isEarlier);
  const isOne = own.length === 1;
  const answers = await answerTexts();
  const texts = { ...answers, byCode: { ...answers.byCode, too_many_attempts: t("tooManyAttempts") } };
  const amount = (minor: string) => formatMoney(money(BigInt(minor), due.currency), locale);
  const input = { token, invoiceIds: invoices.map(({ id }) => id) };
  const byCard = (
    <>
      {BigInt(plan.excessMinor) > 0n && (
        <Callout tone="warn">
          {t("excess", { charged: amount(plan.cardMinor), excess: amount(plan.excessMinor) })}
        </Callout>
      )}
      <LinkPayForm
        input={{ ...input, plan, useBalance: false }}
        paymentId={paymentIds.byCard}
        action={action}
        button={t("button", { amount: amount(plan.cardMinor) })}
        kind={withBalance ? "secondary" : "primary"}
        note={t("cardNote")}
        leaving={t("leaving")}
        texts={texts}
      />
    </>
  );
  return (
    <>
      <div className="grid gap-1">
        <h1 className="text-ink-soft">
          {isOne ? t("invoice", { number }) : t("invoices", { count: own.length })}
        </h1>
        <p className="font-semibold text-4xl tracking-tight">
          <Amount of={due} />
        </p>
        {isOne && (
          <p className="break-words" dir="auto">
            {summary}
          </p>
        )}
      </div>
      <dl className="border-y py-4">
        <dt className="caption">{t(isOne ? "due" : "firstDue")}</dt>
        <dd className="mt-0.5">
          <DueOn day={dueOn} isUrgent />
        </dd>
      </dl>
      {invoices.length > 1 && <Together invoices={invoices} />}
      {isBegun && <Callout tone="calm">{t("begun")}</Callout>}
      {withBalance && (
        <LinkPayForm
          input={{ ...input, plan: withBalance, useBalance: true }}
          paymentId={paymentIds.withBalance}
          action={action}
          button={
            BigInt(withBalance.cardMinor) > 0n
              ? t("buttonRest", { amount: amount(withBalance.cardMinor) })
              : t("buttonBalance", { amount: amount(withBalance.balanceMinor) })
          }
          note={
            BigInt(withBalance.cardMinor) > 0n
              ? t("restNote", { balance: amount(withBalance.balanceMinor) })
              : t("balanceNote")
          }
          leaving={t("leaving")}
          texts={texts}
        />
      )}
      {byCard}
      <p className="text-sm">{await methodsLine(pageMethods)}</p>
    </>
  );
}

async function Together({ invoices }: Pick<PayLinkDue, "invoices">) {
  const t = await getTranslations("payLink");
  return (
    <section aria-labelledby="together" className="grid gap-2 text-sm">
      <h2 id="together" className="caption">
        {t("together")}
      </h2>
      <ul className="grid gap-2">
        {invoices.map(({ id, number, summary, dueOn, remaining }) => (
          <li key={id} className="flex justify-between gap-4">
            <span className="min-w-0">
              <span className="figures">{number}</span>
              <span className="block break-words text-ink-soft" dir="auto">
                {summary}
              </span>
              <span className="block text-ink-soft">
                {t("due")} <DayOf day={dueOn} />
              </span>
            </span>
            <Amount of={remaining} />
          </li>
        ))}
      </ul>
      {invoices.some(({ isEarlier }) => isEarlier) && <p className="text-ink-soft">{t("togetherWhy")}</p>}
    </section>
  );
}
