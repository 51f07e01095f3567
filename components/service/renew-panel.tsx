import { useTranslations } from "next-intl";
import { getTranslations } from "next-intl/server";
import { cardChoiceTexts, chargeable } from "@/components/card/card-words";
import { answerTexts } from "@/components/payment/answer-texts";
import type { PayChoice } from "@/components/payment/pay-form";
import { offerOf } from "@/components/payment/pay-words";
import { PriceAhead } from "@/components/service/price-ahead";
import { type RenewAction, RenewForm } from "@/components/service/renew-form";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { Day } from "@/components/ui/day";
import { LinkTabs } from "@/components/ui/link-tabs";
import { TaxMark } from "@/components/ui/tax-mark";
import type { PaymentId } from "@/lib/kernel/id";
import { min } from "@/lib/kernel/money";
import type { RenewPanel as Panel } from "@/lib/portal/renew-now";

interface RenewPanelProps {
  panel: Panel;
  /** Made once for this panel: a double click is the same payment. */
  paymentId: PaymentId;
  action: RenewAction;
  /** What Stripe's page offers. */
  pageMethods: readonly string[];
}

const choices = { day: [1, 2, 3, 6, 12], month: [1, 2, 3, 6, 12], year: [1, 2, 3] } as const;

/** Where one decides for how long: the terms with their dates and prices, and what will be taken from where. */
export async function RenewPanel({ panel, paymentId, action, pageMethods }: RenewPanelProps) {
  const t = await getTranslations("renew");
  const pay = await getTranslations("pay");
  const { service, terms, due, available, canPay } = panel;
  return (
    <section aria-labelledby="renew" className="rounded-lg border bg-surface p-5 sm:p-6">
      <h2 id="renew" className="caption">
        <bdi>{service.label}</bdi>
      </h2>
      <p className="mt-1 font-semibold text-3xl tracking-tight">
        <Amount of={due} /> <TaxMark is="gross" />
      </p>
      <p className="mt-0.5 mb-4 text-ink-soft text-sm">
        {t.rich("until", { date: () => <Day at={terms.at(-1)?.endsAt ?? new Date(0)} /> })}
      </p>
      <TermTabs panel={panel} />
      <Terms terms={terms} />
      <PriceAhead of={panel.nextPrice} className="mt-2" />
      <p className="mt-3 flex justify-between gap-4 border-t pt-3">
        <span className="text-ink-soft">{pay("available")}</span>
        <Amount of={available} className="font-medium" />
      </p>
      {canPay ? (
        <RenewForm
          // Another number of terms is another payment.
          key={terms.length}
          serviceId={service.id}
          terms={terms.length}
          paymentId={paymentId}
          legend={pay("how")}
          choices={await choicesOf(panel)}
          cards={await chargeable(panel.cards)}
          action={action}
          texts={{
            ...(await answerTexts()),
            working: pay("working"),
            enterPart: pay("buttonPart"),
            leaving: pay("redirecting"),
            card: await cardChoiceTexts(pageMethods),
          }}
        />
      ) : (
        <Callout tone="calm" className="mt-5">
          {pay("viewer")}
        </Callout>
      )}
    </section>
  );
}

function TermTabs({ panel: { service, terms } }: { panel: Panel }) {
  const t = useTranslations("renew");
  const term = useTranslations("term");
  const { unit, count } = service.term;
  return (
    <LinkTabs
      label={t("howLong")}
      tabs={choices[unit].map((several) => ({
        href: `/services/${service.id}/renew?terms=${several}`,
        text: term(`${unit}s`, { count: several * count }),
        isHere: several === terms.length,
      }))}
    />
  );
}

function Terms({ terms }: Pick<Panel, "terms">) {
  const t = useTranslations("renew");
  const invoice = useTranslations("invoice");
  return (
    <ul className="mt-4 grid gap-2 text-sm">
      {terms.map(({ startsAt, endsAt, amount, invoiceNumber }) => (
        <li key={startsAt.toISOString()} className="flex items-baseline justify-between gap-4">
          <span>
            {invoice.rich("term", { from: () => <Day at={startsAt} />, to: () => <Day at={endsAt} /> })}
            {invoiceNumber && (
              <span className="figures block text-ink-soft">{t("isOpen", { number: invoiceNumber })}</span>
            )}
          </span>
          <Amount of={amount} />
        </li>
      ))}
    </ul>
  );
}

/** The ways of paying that hold now, the cheapest in steps first. */
async function choicesOf({ due, available, fromBalance, combined, direct }: Panel): Promise<PayChoice[]> {
  const t = await getTranslations("pay");
  const found: PayChoice[] = [];
  if (fromBalance) {
    found.push({
      id: "balance",
      label: t("fromBalance"),
      offer: await offerOf(fromBalance, due.currency, null),
    });
  }
  if (combined) {
    const offer = await offerOf(combined, due.currency, min(available, due));
    found.push({ id: "combined", label: t("combined"), offer });
  }
  found.push({ id: "direct", label: t("direct"), offer: await offerOf(direct, due.currency, null) });
  return found;
}
