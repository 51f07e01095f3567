import { useLocale, useTranslations } from "next-intl";
import { getTranslations } from "next-intl/server";
import { cardChoiceTexts, chargeable } from "@/components/card/card-words";
import { answerTexts } from "@/components/payment/answer-texts";
import { OpenPayment } from "@/components/payment/open-payment";
import type { PayActions } from "@/components/payment/pay-answers";
import { type PayChoice, PayForm } from "@/components/payment/pay-form";
import { offerOf } from "@/components/payment/pay-words";
import { Amount } from "@/components/ui/amount";
import { Callout } from "@/components/ui/callout";
import { formatDayOf, formatDaysFromNow } from "@/components/ui/dates";
import { useDaysUntil } from "@/components/ui/due";
import { TextLink } from "@/components/ui/text-link";
import type { CalendarDay } from "@/lib/kernel/calendar";
import type { PaymentId } from "@/lib/kernel/id";
import { formatMoney, isPositive, min } from "@/lib/kernel/money";
import type { PayPanel as Panel } from "@/lib/portal/shapes";

interface PayPanelProps {
  panel: Panel;
  /** Made once for this panel: a double click is the same payment. */
  paymentId: PaymentId;
  /** When the one invoice is due; null for several. */
  dueOn: CalendarDay | null;
  actions: PayActions;
  /** What Stripe's page offers. */
  pageMethods: readonly string[];
}

/** Where one decides: what is due, from where it can come, and a button that says exactly what will be taken. */
export async function PayPanel({ panel, paymentId, dueOn, actions, pageMethods }: PayPanelProps) {
  const t = await getTranslations("pay");
  const texts = await answerTexts();
  return (
    <section aria-labelledby="pay" className="rounded-lg border bg-surface p-5 sm:p-6 lg:sticky lg:top-20">
      <h2 id="pay" className="caption">
        {dueOn ? t("title") : t("titleSeveral", { count: panel.invoices.length })}
      </h2>
      <Head panel={panel} dueOn={dueOn} />
      {panel.open ? (
        <OpenPayment payment={panel.open} canPay={panel.canPay} actions={actions} texts={texts} />
      ) : panel.canPay ? (
        <PayForm
          paymentId={paymentId}
          invoiceIds={panel.invoices.map((invoice) => invoice.id)}
          legend={t("how")}
          choices={await choicesOf(panel)}
          cards={await chargeable(panel.cards)}
          part={await partOf(panel)}
          actions={actions}
          texts={{
            ...texts,
            working: t("working"),
            enterPart: t("buttonPart"),
            leaving: t("redirecting"),
            card: await cardChoiceTexts(pageMethods),
          }}
        />
      ) : (
        <Callout tone="calm" className="mt-5">
          {t("viewer")}
        </Callout>
      )}
      <TopUpWay panel={panel} />
    </section>
  );
}

function Head({ panel, dueOn }: Pick<PayPanelProps, "panel" | "dueOn">) {
  const t = useTranslations("pay");
  const { due, available, shortBy, invoices } = panel;
  return (
    <>
      <p className="mt-1 font-semibold text-3xl tracking-tight">
        <Amount of={due} />
      </p>
      <p className="mt-0.5 text-ink-soft text-sm">
        {invoices.length > 1
          ? t("dueTogether", { count: invoices.length })
          : dueOn && <DueSentence day={dueOn} />}
      </p>
      {invoices.length > 1 && (
        <div className="mt-4 border-t pt-3 text-sm">
          <p className="caption">{t("together")}</p>
          <ul className="mt-1 grid gap-1">
            {invoices.map(({ id, number, remaining }) => (
              <li key={id} className="flex justify-between gap-4">
                <span className="figures">{number}</span>
                <Amount of={remaining} />
              </li>
            ))}
          </ul>
          {dueOn && <p className="mt-2 text-ink-soft">{t("togetherWhy")}</p>}
        </div>
      )}
      {!panel.open && (
        <p className="mt-4 flex justify-between gap-4 border-t pt-3">
          <span className="text-ink-soft">{t("available")}</span>
          <Amount of={available} className="font-medium" />
        </p>
      )}
      {!panel.open && shortBy && isPositive(available) && (
        <p className="mt-0.5 text-ink-soft text-sm">
          {t.rich("short", { amount: () => <Amount of={shortBy} /> })}
        </p>
      )}
    </>
  );
}

/** The other way to an invoice that is settled: the balance is raised by what is missing, and pays it. */
function TopUpWay({ panel: { topUp } }: Pick<PayPanelProps, "panel">) {
  const t = useTranslations("topUp");
  const locale = useLocale();
  if (!topUp) return null;
  return (
    <p className="mt-4 border-t pt-3 text-sm">
      <TextLink href={`/balance/top-up?${new URLSearchParams({ invoice: topUp.number })}`}>
        {t("fromInvoice", { amount: formatMoney(topUp.amount, locale) })}
      </TextLink>
    </p>
  );
}

function DueSentence({ day }: { day: CalendarDay }) {
  const t = useTranslations("pay");
  const locale = useLocale();
  const days = useDaysUntil(day);
  const words = {
    date: formatDayOf(day, locale),
    relative: formatDaysFromNow(days, locale),
  };
  return <span className={days < 0 ? "text-bad" : undefined}>{t("due", words)}</span>;
}

/** The ways of paying that hold now, the cheapest in steps first. */
async function choicesOf(panel: Panel): Promise<PayChoice[]> {
  const t = await getTranslations("pay");
  const { due, available, fromBalance, combined, direct } = panel;
  const asked = min(available, due);
  const choices: PayChoice[] = [];
  if (fromBalance) {
    const offer = await offerOf(fromBalance, due.currency, null);
    choices.push({ id: "balance", label: t("fromBalance"), offer });
  }
  if (combined) {
    const offer = await offerOf(combined, due.currency, asked);
    choices.push({ id: "combined", label: t("combined"), offer });
  }
  choices.push({ id: "direct", label: t("direct"), offer: await offerOf(direct, due.currency, null) });
  return choices;
}

/** A stated part is possible wherever there is something to take. */
async function partOf({ available, due }: Panel) {
  if (!isPositive(available)) return null;
  const t = await getTranslations("pay");
  const { currency } = due;
  return { label: t("part"), field: t("partLabel", { currency }), currency };
}
