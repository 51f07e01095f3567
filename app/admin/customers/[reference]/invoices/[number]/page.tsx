import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getLocale, getTimeZone, getTranslations } from "next-intl/server";
import { completeAgain, voidInvoice } from "@/app/admin/customers/actions";
import { staffTexts } from "@/app/admin/texts";
import { BilledTo } from "@/components/invoice/billed-to";
import { InvoiceLines } from "@/components/invoice/invoice-lines";
import { InvoiceNext } from "@/components/invoice/invoice-next";
import { InvoiceStatusBadge } from "@/components/invoice/status-badge";
import { Suspensions } from "@/components/service/suspensions";
import { ActionForm, type FormField } from "@/components/sign-in/action-form";
import { ActivityTable } from "@/components/staff/activity-table";
import { InvoicePaymentTable } from "@/components/staff/invoice-payment-table";
import { Section } from "@/components/staff/section";
import { StaffFrame } from "@/components/staff/staff-frame";
import { Amount } from "@/components/ui/amount";
import type { Ask } from "@/components/ui/ask-dialog";
import { Callout } from "@/components/ui/callout";
import { formatDay, formatDayOf } from "@/components/ui/dates";
import { Day, DayOf, Moment } from "@/components/ui/day";
import { Fact, Facts } from "@/components/ui/facts";
import { FileLink } from "@/components/ui/file-link";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { listSuspensions } from "@/lib/admin/list-suspensions";
import { type StaffInvoice, showInvoice } from "@/lib/admin/show-invoice";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff, type StaffRight } from "@/lib/auth/staff-rights";
import { formatMoney } from "@/lib/kernel/money";

interface InvoicePageProps {
  params: Promise<{ reference: string; number: string }>;
}

export async function generateMetadata({ params }: InvoicePageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).number) };
}

/** An invoice for staff: as the customer sees it, everything that was done to it, and what may be done now. */
export default async function InvoicePage({ params }: InvoicePageProps) {
  const given = await params;
  const [reference, number] = [decodeURIComponent(given.reference), decodeURIComponent(given.number)];
  const customer = `/admin/customers/${encodeURIComponent(reference)}`;
  const actor = await requireStaff(`${customer}/invoices/${encodeURIComponent(number)}`);
  const [user, invoice, t, words, paper] = await Promise.all([
    currentUser(),
    showInvoice(actor, { reference, number }),
    getTranslations("staff"),
    getTranslations("staffInvoice"),
    getTranslations("paper.links"),
  ]);
  if (!invoice) notFound();
  const suspensions = await listSuspensions(actor, { customerId: invoice.customerId });
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="invoices">
      <PageHead
        above={
          <TextLink href={customer}>
            <span dir="auto">{invoice.customerName}</span>
          </TextLink>
        }
        title={<span className="figures">{invoice.number}</span>}
        aside={<InvoiceStatusBadge status={invoice.status} />}
      >
        <p className="mt-1 max-w-prose text-ink-soft" dir="auto">
          {invoice.summary}
        </p>
      </PageHead>
      <div className="grid gap-10 pb-16">
        <Suspensions
          suspensions={suspensions.filter((one) => one.invoice?.number === invoice.number)}
          takeOwnGrace={null}
        />
        <InvoiceFacts invoice={invoice} />
        <Acts invoice={invoice} may={(right) => mayStaff(actor.role, right)} />
        <InvoiceLines invoice={invoice} />
        <nav aria-label={paper("title")} className="flex flex-wrap gap-x-6 gap-y-2">
          <FileLink href={`${customer}/invoices/${encodeURIComponent(number)}/pdf`}>{paper("pdf")}</FileLink>
          {invoice.creditNotes.map((note) => (
            <FileLink
              key={note.number}
              href={`${customer}/credit-notes/${encodeURIComponent(note.number)}/pdf`}
            >
              {paper("creditNote", { number: note.number })}
            </FileLink>
          ))}
        </nav>
        <Section title={t("payments")} none={words("noPayments")} isEmpty={invoice.payments.length === 0}>
          <InvoicePaymentTable payments={invoice.payments} customer={customer} />
        </Section>
        <InvoiceNext steps={invoice.next} isForStaff />
        <Section
          title={words("reminders")}
          none={words("noReminders")}
          isEmpty={invoice.reminders.length === 0}
        >
          <ul className="grid gap-1">
            {invoice.reminders.map(({ stage, createdAt }) => (
              <li key={stage}>
                {words("reminder", { days: stage })}{" "}
                <span className="text-ink-soft text-sm">
                  <Moment at={createdAt} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
        <Section title={t("activity")} none={t("nothing")} isEmpty={invoice.activities.length === 0}>
          <ActivityTable label={t("activity")} activities={invoice.activities} />
        </Section>
      </div>
    </StaffFrame>
  );
}

async function InvoiceFacts({ invoice }: { invoice: StaffInvoice }) {
  const t = await getTranslations("invoice");
  const words = await getTranslations("staffInvoice");
  const { issuedAt, dueOn, paidAt, billTo, origin, remaining } = invoice;
  return (
    <Facts className="grid-cols-2 border-y py-4 sm:grid-cols-5">
      <Fact name={t("issued")}>
        <Day at={issuedAt} />
      </Fact>
      <Fact name={t("due")}>
        <DayOf day={dueOn} />
      </Fact>
      <Fact name={paidAt ? t("paidOn") : t("remaining")}>
        {paidAt ? <Day at={paidAt} /> : <Amount of={remaining} />}
      </Fact>
      <Fact name={words("origin")}>{words(`origin_${origin}`)}</Fact>
      <Fact name={t("billTo")} className="max-sm:col-span-2">
        <BilledTo billTo={billTo} />
      </Fact>
    </Facts>
  );
}

async function Acts({ invoice, may }: { invoice: StaffInvoice; may: (right: StaffRight) => boolean }) {
  if (!invoice.isOpen) return null;
  const [t, bank] = await Promise.all([getTranslations("staff"), getTranslations("bank")]);
  const { number, customerReference, customerId, id, isClosed } = invoice;
  const query = new URLSearchParams({ invoice: number });
  return (
    <div className="grid justify-items-start gap-3 empty:hidden">
      {may("bank.record") && !isClosed && (
        <TextLink href={`/admin/customers/${encodeURIComponent(customerReference)}/bank-payment?${query}`}>
          {bank("record")}
        </TextLink>
      )}
      {invoice.isStuck && may("invoice.complete") && <CompleteAgain invoice={invoice} />}
      {may("invoice.void") && (
        <details className="w-full max-w-sm">
          <summary className="cursor-pointer font-medium text-accent">{t("voidNumber", { number })}</summary>
          <div className="mt-3">
            <ActionForm
              action={voidInvoice}
              hidden={{ customerId, invoiceId: id }}
              fields={[
                ...(await termChoice(invoice)),
                { name: "reason", label: t("reason"), type: "text", autoComplete: "off", maxLength: 500 },
              ]}
              submit={t("voidNumber", { number })}
              answers={
                await staffTexts([
                  "reason_missing",
                  "reason_too_long",
                  "invoice_not_found",
                  "invoice_not_open",
                  "cancel_is_for_staff",
                  "later_term_paid",
                  "paid_meanwhile",
                  "payment_in_progress",
                ])
              }
              ask={await voidAsk(invoice)}
              said={t("voided", { number })}
            />
          </div>
        </details>
      )}
    </div>
  );
}

/** What staff can do about an invoice that was paid for and not delivered. */
async function CompleteAgain({ invoice }: { invoice: StaffInvoice }) {
  const [t, locale] = await Promise.all([getTranslations("staff"), getLocale()]);
  const { number, customerId, id, remaining } = invoice;
  const facts = { number, amount: formatMoney(remaining, locale) };
  return (
    <Callout tone="warn" className="max-w-prose">
      <p className="mb-3">{t("stuck", facts)}</p>
      <ActionForm
        action={completeAgain}
        hidden={{ customerId, invoiceId: id }}
        fields={[{ name: "reason", label: t("reason"), type: "text", autoComplete: "off", maxLength: 500 }]}
        submit={t("completeAgain")}
        ask={{
          title: t("completeAgainAsk", facts),
          lines: [t("completeAgainFollows", facts)],
          confirm: t("completeAgain"),
          keep: t("completeAgainKeep"),
        }}
        answers={
          await staffTexts([
            "reason_missing",
            "reason_too_long",
            "invoice_not_found",
            "invoice_not_open",
            "not_stuck",
            "payment_in_progress",
            "line_not_completable",
            "balance_too_low",
          ])
        }
        said={t("completedAgain", facts)}
      />
    </Callout>
  );
}

/** What follows for the customer; what becomes of a renewal's term is said from the choice. */
async function voidAsk({ number, paid }: StaffInvoice): Promise<Ask> {
  const [t, locale] = await Promise.all([getTranslations("staff"), getLocale()]);
  return {
    title: t("voidAsk", { number }),
    lines: [
      t("voidOwed"),
      ...(paid.minor > 0n ? [t("voidReturns", { amount: formatMoney(paid, locale) })] : []),
      t("voidMail"),
    ],
    confirm: t("voidNumber", { number }),
    keep: t("voidKeep"),
  };
}

/** What becomes of the term of a renewal that is cancelled, with the day on which it follows. */
async function termChoice({ ifVoided }: StaffInvoice): Promise<FormField[]> {
  if (!ifVoided) return [];
  const [t, locale, timeZone] = await Promise.all([getTranslations("staff"), getLocale(), getTimeZone()]);
  const { label, dueOn, endsAt, endsAtOnce } = ifVoided;
  const facts = {
    service: label,
    due: formatDayOf(dueOn, locale),
    end: formatDay(endsAt, locale, timeZone),
  };
  const choices = (["bill_again", "end_service"] as const).map((value) => ({
    value,
    label: t(`term_${value}`, facts),
    hint: t(value === "end_service" && endsAtOnce ? "term_end_service_now" : `term_${value}_hint`, facts),
  }));
  return [{ name: "term", label: t("termAfter"), initial: "bill_again", choices }];
}
