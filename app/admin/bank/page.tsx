import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { BankPaymentForm } from "@/components/bank/bank-payment-form";
import { bankTexts } from "@/components/bank/bank-texts";
import { UnmatchedReceipts } from "@/components/bank/unmatched-receipts";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { listUnmatched, usualCurrencies } from "@/lib/admin/list-receipts";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { calendarDay } from "@/lib/kernel/calendar";
import { newId } from "@/lib/kernel/id";
import { assignReceipt, recordUnmatchedReceipt, returnReceipt } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("bank"))("title") };
}

/** Money that came by bank and whose sender nobody has found yet. */
export default async function BankPage() {
  const actor = await requireStaff("/admin/bank");
  const [user, receipts, currencies, texts, t, locale] = await Promise.all([
    currentUser(),
    listUnmatched(actor),
    usualCurrencies(actor),
    bankTexts(),
    getTranslations("bank"),
    getLocale(),
  ]);
  const mayRecord = mayStaff(actor.role, "bank.record");
  const { clock, settings } = context();
  return (
    <StaffFrame hostName={settings.hostName} user={user} here="bank">
      <PageHead title={t("title")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("intro")}</p>
      </PageHead>
      <div className="grid gap-12 pb-16 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <UnmatchedReceipts
          receipts={receipts}
          assign={mayRecord ? assignReceipt : null}
          sendBack={mayRecord ? returnReceipt : null}
          texts={texts}
        />
        {mayRecord && (
          <section aria-labelledby="record-unknown">
            <h2 id="record-unknown" className="mb-1 font-semibold text-lg">
              {t("recordUnknown")}
            </h2>
            <p className="mb-4 text-ink-soft text-sm">{t("recordUnknownNote")}</p>
            <BankPaymentForm
              action={recordUnmatchedReceipt}
              // A receipt that was recorded stands in the list, and the form is there for the next one.
              receiptId={newId()}
              currencies={currencies}
              choices={[]}
              chosen={[]}
              today={calendarDay(clock.now(), settings.timeZone)}
              locale={locale}
              texts={texts}
            />
          </section>
        )}
      </div>
    </StaffFrame>
  );
}
