import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getLocale, getTranslations } from "next-intl/server";
import { previewBankPayment, recordBankPayment } from "@/app/admin/bank/actions";
import { BankPaymentForm } from "@/components/bank/bank-payment-form";
import { bankTexts } from "@/components/bank/bank-texts";
import { StaffFrame } from "@/components/staff/staff-frame";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showBankPayment } from "@/lib/admin/show-bank-payment";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { calendarDay } from "@/lib/kernel/calendar";
import { newId } from "@/lib/kernel/id";
import { formatMoney } from "@/lib/kernel/money";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bank"))("record") };
}

interface BankPaymentPageProps {
  params: Promise<{ reference: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Recording what a customer paid by bank; begun from an invoice, that one is chosen. */
export default async function BankPaymentPage({ params, searchParams }: BankPaymentPageProps) {
  const reference = decodeURIComponent((await params).reference);
  const { invoice } = await searchParams;
  const back = `/admin/customers/${encodeURIComponent(reference)}`;
  const actor = await requireStaff(`${back}/bank-payment`);
  const [user, panel, texts, t, words, locale] = await Promise.all([
    currentUser(),
    showBankPayment(actor, { reference }),
    bankTexts(),
    getTranslations("bank"),
    getTranslations("staffRefusal"),
    getLocale(),
  ]);
  if (!panel) notFound();
  const { clock, settings } = context();
  const first = panel.open.find(({ number }) => number === invoice);
  const currencies = first
    ? [first.remaining.currency, ...panel.currencies.filter((one) => one !== first.remaining.currency)]
    : panel.currencies;
  return (
    <StaffFrame hostName={settings.hostName} user={user} here="customers">
      <PageHead
        above={
          <TextLink href={back}>
            <span dir="auto">{panel.name}</span>
          </TextLink>
        }
        title={t("record")}
      />
      <div className="max-w-md pb-16">
        {panel.isClosed || !mayStaff(actor.role, "bank.record") ? (
          <Callout tone="warn">
            <p>
              {panel.isClosed ? String(words.raw("customer_closed_bank")) : String(words.raw("not_allowed"))}
            </p>
          </Callout>
        ) : (
          <BankPaymentForm
            action={recordBankPayment}
            preview={previewBankPayment}
            customerId={panel.customerId}
            receiptId={newId()}
            currencies={currencies}
            choices={panel.open.map(({ id, number, summary, remaining }) => ({
              id,
              number,
              summary,
              remaining: formatMoney(remaining, locale),
              remainingMinor: remaining.minor.toString(),
              currency: remaining.currency,
            }))}
            chosen={first ? [first.id] : []}
            today={calendarDay(clock.now(), settings.timeZone)}
            locale={locale}
            texts={texts}
          />
        )}
      </div>
    </StaffFrame>
  );
}
