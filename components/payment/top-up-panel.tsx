import { useTranslations } from "next-intl";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { cardChoiceTexts, chargeable } from "@/components/card/card-words";
import { answerTexts } from "@/components/payment/answer-texts";
import type { TopUpAction } from "@/components/payment/pay-answers";
import { type TopUpChoice, TopUpForm } from "@/components/payment/top-up-form";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { TextLink } from "@/components/ui/text-link";
import type { PaymentId } from "@/lib/kernel/id";
import { formatMoney, toDecimal } from "@/lib/kernel/money";
import type { TopUpPanel as Panel, TopUpOffer } from "@/lib/portal/shapes";

interface TopUpPanelProps {
  panel: Panel;
  /** Made once for this panel: a double click is the same top-up. */
  paymentId: PaymentId;
  action: TopUpAction;
  /** What Stripe's page offers. */
  pageMethods: readonly string[];
}

/** Where one decides how much: what open invoices are short of is at hand, any other amount is typed. */
export async function TopUpPanel({ panel, paymentId, action, pageMethods }: TopUpPanelProps) {
  const t = await getTranslations("topUp");
  return (
    <section aria-labelledby="top-up" className="rounded-lg border bg-surface p-5 sm:p-6">
      <h2 id="top-up" className="font-semibold text-lg">
        {t("heading")}
      </h2>
      <Begun panel={panel} />
      {panel.canPay ? (
        <TopUpForm
          paymentId={paymentId}
          currency={panel.available.currency}
          legend={t("how")}
          choices={await choicesOf(panel)}
          cards={await chargeable(panel.cards)}
          otherInvoiceId={panel.begunFrom?.offer ? panel.begunFrom.id : null}
          action={action}
          texts={await textsOf(panel, pageMethods)}
        />
      ) : (
        <Callout tone="calm" className="mt-4">
          {t("viewer")}
        </Callout>
      )}
    </section>
  );
}

/** What the balance has, and what it was begun from needs, where no amount at hand says it. */
function Begun({ panel: { begunFrom, available } }: Pick<TopUpPanelProps, "panel">) {
  const t = useTranslations("topUp");
  const pay = useTranslations("pay");
  const invoice = useTranslations("invoice");
  if (!begunFrom) return null;
  const { number, remaining, isCovered, offer } = begunFrom;
  return (
    <>
      <dl className="mt-3 grid gap-1.5 text-sm">
        <Figure name={`${t("offerInvoice", { number })} · ${invoice("remaining")}`}>
          <Amount of={remaining} className="font-medium" />
        </Figure>
        <Figure name={pay("available")}>
          <Amount of={available} className="font-medium" />
        </Figure>
      </dl>
      {!offer && (
        <Callout tone="calm" className="mt-4">
          <p>{t(isCovered ? "covered" : "outOfReach", { number })}</p>
          <p>
            <TextLink href={`/invoices/${encodeURIComponent(number)}`}>{t("toInvoice", { number })}</TextLink>
          </p>
        </Callout>
      )}
    </>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="figures text-ink-soft">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

async function choicesOf({ begunFrom, offers }: Panel): Promise<TopUpChoice[]> {
  const first = begunFrom?.offer ? [await choiceOf(begunFrom.offer, begunFrom.earlier)] : [];
  return [...first, ...(await Promise.all(offers.map((offer) => choiceOf(offer, []))))];
}

async function choiceOf(offer: TopUpOffer, earlier: readonly string[]): Promise<TopUpChoice> {
  const t = await getTranslations("topUp");
  const amount = formatMoney(offer.amount, await getLocale());
  const shown = { amount, decimal: toDecimal(offer.amount), button: t("button", { amount }) };
  if (offer.kind === "wished") {
    return { ...shown, id: "wished", invoiceId: null, label: t("offerWished"), note: t("settlesWaiting") };
  }
  if (offer.kind === "renewals") {
    const { count } = offer;
    const label = t("offerRenewals", { count });
    return { ...shown, id: "renewals", invoiceId: null, label, note: t("settlesRenewals", { count }) };
  }
  const { id, number, summary } = offer;
  const note =
    earlier.length > 0
      ? t("settlesEarlier", { number, earlier: earlier.join(", ") })
      : t("settlesInvoice", { number });
  return { ...shown, id, invoiceId: id, label: t("offerInvoice", { number }), about: summary, note };
}

async function textsOf({ available, least, most, begunFrom }: Panel, pageMethods: readonly string[]) {
  const t = await getTranslations("topUp");
  const pay = await getTranslations("pay");
  const refusal = await getTranslations("topUpRefusal");
  const locale = await getLocale();
  const texts = await answerTexts();
  return {
    ...texts,
    fault: t("fault"),
    byCode: { ...texts.byCode, not_allowed: refusal("not_allowed") },
    other: t("offerOther"),
    field: t("field", { currency: available.currency }),
    hint: t("hint", { least: formatMoney(least, locale), most: formatMoney(most, locale) }),
    otherNote: begunFrom?.offer ? t("settlesBegun", { number: begunFrom.number }) : t("settlesWaiting"),
    otherButton: t("buttonOther"),
    card: await cardChoiceTexts(pageMethods),
    leaving: pay("redirecting"),
  };
}
