import { getLocale, getTranslations } from "next-intl/server";
import { answerTexts } from "@/components/payment/answer-texts";
import { type LinkAction, LinkPayForm } from "@/components/payment/link-pay-form";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { Due } from "@/components/ui/due";
import type { PaymentId } from "@/lib/kernel/id";
import { formatMoney, isPositive, money } from "@/lib/kernel/money";
import type { PayLinkDue } from "@/lib/portal/show-pay-link";

interface LinkInvoiceProps {
  token: string;
  view: PayLinkDue;
  /** Made once for this page: a double click is the same payment. */
  paymentId: PaymentId;
  action: LinkAction;
}

/** One invoice for whoever was given its link: what for, how much, until when, and one button. */
export async function LinkInvoice({ token, view, paymentId, action }: LinkInvoiceProps) {
  const t = await getTranslations("payLink");
  const locale = await getLocale();
  const { number, summary, dueAt, invoices, due, plan, isBegun } = view;
  const byCard = money(BigInt(plan.cardMinor), due.currency);
  const excess = money(BigInt(plan.excessMinor), due.currency);
  const texts = await answerTexts();
  return (
    <>
      <div className="grid gap-1">
        <h1 className="text-ink-soft">{t("invoice", { number })}</h1>
        <p className="font-semibold text-4xl tracking-tight">
          <Amount of={due} />
        </p>
        <p className="break-words" dir="auto">
          {summary}
        </p>
      </div>
      <dl className="border-y py-4">
        <dt className="caption">{t("due")}</dt>
        <dd className="mt-0.5">
          <Due at={dueAt} isUrgent />
        </dd>
      </dl>
      {invoices.length > 1 && (
        <section aria-labelledby="together" className="grid gap-2 text-sm">
          <h2 id="together" className="caption">
            {t("together")}
          </h2>
          <ul className="grid gap-1">
            {invoices.map(({ id, number, remaining }) => (
              <li key={id} className="flex justify-between gap-4">
                <span className="figures">{number}</span>
                <Amount of={remaining} />
              </li>
            ))}
          </ul>
          <p className="text-ink-soft">{t("togetherWhy")}</p>
        </section>
      )}
      {isBegun && <Callout tone="calm">{t("begun")}</Callout>}
      {isPositive(excess) && (
        <Callout tone="warn">
          {t("excess", { charged: formatMoney(byCard, locale), excess: formatMoney(excess, locale) })}
        </Callout>
      )}
      <LinkPayForm
        input={{ token, invoiceIds: invoices.map(({ id }) => id), plan }}
        paymentId={paymentId}
        action={action}
        button={t("button", { amount: formatMoney(byCard, locale) })}
        note={t("cardNote")}
        leaving={t("leaving")}
        texts={{ ...texts, byCode: { ...texts.byCode, too_many_attempts: t("tooManyAttempts") } }}
      />
    </>
  );
}
