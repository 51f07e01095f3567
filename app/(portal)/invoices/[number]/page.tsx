import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { useTranslations } from "next-intl";
import { getTranslations } from "next-intl/server";
import { BackToInvoices } from "@/components/invoice/back-to-invoices";
import { BilledTo } from "@/components/invoice/billed-to";
import { CancelInvoice } from "@/components/invoice/cancel-invoice";
import { InvoiceLines } from "@/components/invoice/invoice-lines";
import { InvoiceNext } from "@/components/invoice/invoice-next";
import { InvoicePapers } from "@/components/invoice/invoice-papers";
import { InvoicePayments } from "@/components/invoice/invoice-payments";
import { InvoiceStatusBadge } from "@/components/invoice/status-badge";
import { Timeline } from "@/components/invoice/timeline";
import { answerTexts } from "@/components/payment/answer-texts";
import { InvoicePayLink } from "@/components/payment/invoice-pay-link";
import { PayPanel } from "@/components/payment/pay-panel";
import { Suspensions } from "@/components/service/suspensions";
import { Callout } from "@/components/ui/callout";
import { Day } from "@/components/ui/day";
import { DueOn } from "@/components/ui/due";
import { Fact, Facts } from "@/components/ui/facts";
import { PageHead } from "@/components/ui/page-head";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { invoicePayLink } from "@/lib/portal/invoice-pay-link";
import { listSuspensions } from "@/lib/portal/list-suspensions";
import { readPageMethods } from "@/lib/portal/page-methods";
import type { InvoiceDetail } from "@/lib/portal/shapes";
import { showInvoice } from "@/lib/portal/show-invoice";
import { cancelInvoice, renewPayLink } from "../actions";
import { payActionsOf } from "../pay-actions";

interface InvoicePageProps {
  params: Promise<{ number: string }>;
}

export async function generateMetadata({ params }: InvoicePageProps): Promise<Metadata> {
  const number = numberIn((await params).number);
  return { title: (await getTranslations("invoice"))("title", { number }) };
}

export default async function InvoicePage({ params }: InvoicePageProps) {
  const number = numberIn((await params).number);
  const actor = await requireCustomer(`/invoices/${encodeURIComponent(number)}`);
  const invoice = await showInvoice(actor, number);
  // Unknown, or someone else's: the same answer.
  if (!invoice) notFound();
  const payLink = invoice.payPanel?.canPay ? await invoicePayLink(actor, { invoiceId: invoice.id }) : null;
  const [t, all] = await Promise.all([getTranslations("invoice"), listSuspensions(actor)]);
  const suspensions = all.filter((one) => one.invoice?.number === invoice.number);
  return (
    <>
      <PageHead
        title={t("title", { number: invoice.number })}
        above={<BackToInvoices />}
        aside={<InvoiceStatusBadge status={invoice.status} />}
      >
        <p className="mt-1 max-w-prose text-ink-soft" dir="auto">
          {invoice.summary}
        </p>
      </PageHead>
      <div className="grid items-start gap-x-14 gap-y-10 lg:grid-cols-[minmax(0,1fr)_22rem]">
        {invoice.payPanel && (
          <div className="lg:order-2">
            <PayPanel
              panel={invoice.payPanel}
              paymentId={newId<PaymentId>()}
              dueOn={invoice.dueOn}
              actions={payActionsOf(actor)}
              pageMethods={await readPageMethods()}
            />
          </div>
        )}
        <div className="grid gap-10">
          <Suspensions suspensions={suspensions} takeOwnGrace={null} />
          <InvoiceFacts invoice={invoice} />
          <InvoiceLines invoice={invoice} />
          <InvoicePapers customerId={actor.customerId} invoice={invoice} />
          <InvoicePayments customerId={actor.customerId} payments={invoice.payments} />
          <InvoiceNext steps={invoice.next} />
          <Timeline entries={invoice.timeline} />
          <InvoicePayLink
            number={invoice.number}
            invoiceId={invoice.id}
            url={payLink?.ok ? payLink.value.url : null}
            action={carrying(actor, renewPayLink)}
          />
          {invoice.canCancel && (
            <CancelInvoice
              invoice={invoice}
              action={carrying(actor, cancelInvoice)}
              texts={await answerTexts()}
            />
          )}
        </div>
      </div>
    </>
  );
}

function InvoiceFacts({ invoice }: { invoice: InvoiceDetail }) {
  const t = useTranslations("invoice");
  const { status, issuedAt, dueOn, paidAt, billTo, creditNote } = invoice;
  const isOwed = !["paid", "void", "written_off"].includes(status);
  return (
    <div className="grid gap-6">
      {status === "void" && (
        <Callout tone="calm">
          <p>{t("void")}</p>
          {creditNote && (
            <p className="figures">
              {t.rich("creditNote", {
                number: creditNote.number,
                date: () => <Day at={creditNote.issuedAt} />,
              })}
            </p>
          )}
        </Callout>
      )}
      {status === "written_off" && <Callout tone="warn">{t("writtenOff")}</Callout>}
      <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-[auto_auto_1fr]">
        <Fact name={t("issued")}>
          <Day at={issuedAt} />
        </Fact>
        {paidAt ? (
          <Fact name={t("paidOn")}>
            <Day at={paidAt} />
          </Fact>
        ) : (
          <Fact name={t("due")}>
            <DueOn day={dueOn} isUrgent={isOwed} />
          </Fact>
        )}
        <Fact name={t("billTo")} className="max-sm:col-span-2">
          <BilledTo billTo={billTo} />
        </Fact>
      </Facts>
    </div>
  );
}

/** A malformed escape in the address is no invoice's number. */
function numberIn(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
