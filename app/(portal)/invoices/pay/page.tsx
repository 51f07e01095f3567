import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { BackToInvoices } from "@/components/invoice/back-to-invoices";
import { payHref } from "@/components/invoice/pay-href";
import { PayPanel } from "@/components/payment/pay-panel";
import { refusalSentence } from "@/components/payment/pay-words";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { requireCustomer } from "@/lib/auth/current";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { readPageMethods } from "@/lib/portal/page-methods";
import { showPayPanel } from "@/lib/portal/show-pay-panel";
import { payActionsOf } from "../pay-actions";
import { parseChosen } from "./search-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("pay"))("titleTogether") };
}

interface PayPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Several invoices of one currency, paid in one go. */
export default async function PayPage({ searchParams }: PayPageProps) {
  const invoiceIds = parseChosen(await searchParams);
  const actor = await requireCustomer(payHref(invoiceIds));
  const shown = await showPayPanel(actor, { invoiceIds });
  const t = await getTranslations("pay");
  return (
    <>
      <PageHead title={t("titleTogether")} above={<BackToInvoices />} />
      <div className="max-w-md">
        {shown.ok ? (
          <PayPanel
            panel={shown.value}
            paymentId={newId<PaymentId>()}
            dueOn={null}
            actions={payActionsOf(actor)}
            pageMethods={await readPageMethods()}
          />
        ) : (
          <Callout tone="warn">
            <p>{await refusalSentence(shown.refusal)}</p>
          </Callout>
        )}
      </div>
    </>
  );
}
