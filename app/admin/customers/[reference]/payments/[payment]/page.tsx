import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { syncPayment } from "@/app/admin/actions";
import { deskTexts, staffTexts } from "@/app/admin/texts";
import { PaymentStateBadge } from "@/components/payment/payment-state";
import { ActivityTable } from "@/components/staff/activity-table";
import { PaymentFacts } from "@/components/staff/payment-facts";
import { PaymentTables } from "@/components/staff/payment-tables";
import { QuarantineSection } from "@/components/staff/quarantine";
import { Section } from "@/components/staff/section";
import { StaffFrame } from "@/components/staff/staff-frame";
import { ActButton } from "@/components/ui/act-button";
import { Amount } from "@/components/ui/amount";
import { FileLink } from "@/components/ui/file-link";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showQuarantine } from "@/lib/admin/rule-payment";
import { showPayment } from "@/lib/admin/show-payment";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { add } from "@/lib/kernel/money";
import { decideRuling, proposeRuling } from "./actions";

const rulingCodes = [
  "payment_not_found",
  "payment_is_final",
  "ruling_proposed",
  "ruling_not_found",
  "second_person_needed",
  "gateway_unreachable",
  "payment_is_paid",
  "object_not_found",
  "object_not_paid",
  "object_does_not_fit",
  "object_taken",
  "reason_missing",
  "reason_too_long",
] as const;

interface PaymentPageProps {
  params: Promise<{ reference: string; payment: string }>;
}

/** Asked by the page and by its title, read once. */
const read = cache(async (reference: string, paymentId: string) => {
  const actor = await requireStaff(`/admin/customers/${encodeURIComponent(reference)}/payments/${paymentId}`);
  return { actor, payment: await showPayment(actor, { reference, paymentId }) };
});

export async function generateMetadata({ params }: PaymentPageProps): Promise<Metadata> {
  const { reference, payment: paymentId } = await params;
  const [{ payment }, t] = await Promise.all([
    read(decodeURIComponent(reference), paymentId),
    getTranslations("staffPayment"),
  ]);
  return { title: payment ? t("titleOf", { name: payment.customerName }) : t("title") };
}

/** A payment for staff: what it planned and moved, how it went with Stripe, and the button that asks Stripe now. */
export default async function PaymentPage({ params }: PaymentPageProps) {
  const { reference: given, payment: paymentId } = await params;
  const reference = decodeURIComponent(given);
  const customer = `/admin/customers/${encodeURIComponent(reference)}`;
  const [user, { actor, payment }, t, words, desk, paper] = await Promise.all([
    currentUser(),
    read(reference, paymentId),
    getTranslations("staff"),
    getTranslations("staffPayment"),
    getTranslations("desk"),
    getTranslations("paper.links"),
  ]);
  if (!payment) notFound();
  const quarantine = payment.isOpen
    ? await showQuarantine(actor, { customerId: payment.customerId, paymentId: payment.id })
    : null;
  const { customerName, customerId, fromBalance, byCard, byBank } = payment;
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="payments">
      <PageHead
        above={
          <TextLink href={customer}>
            <span dir="auto">{customerName}</span>
          </TextLink>
        }
        title={words.rich(payment.kind === "top_up" ? "topUpOf" : "paymentOf", {
          amount: () => <Amount of={add(add(fromBalance, byCard), byBank)} />,
        })}
        aside={<PaymentStateBadge state={payment.state} />}
      >
        <p className="mt-1 break-all text-ink-soft text-sm">{payment.id}</p>
      </PageHead>
      <div className="grid gap-10 pb-16">
        {quarantine && (
          <QuarantineSection
            quarantine={quarantine}
            customerId={customerId}
            paymentId={payment.id}
            mayRule={mayStaff(actor.role, "payment.rule")}
            propose={proposeRuling}
            decide={decideRuling}
            answers={await staffTexts(rulingCodes)}
          />
        )}
        <PaymentFacts payment={payment} />
        <div className="flex flex-wrap items-center gap-x-6 gap-y-3 empty:hidden">
          {payment.isOpen && mayStaff(actor.role, "payment.sync") && (
            <div>
              <ActButton
                action={syncPayment}
                input={{ customerId, paymentId: payment.id }}
                label={desk("syncOf", { customer: customerName })}
                text={desk("sync")}
                done={desk("synced")}
                texts={await deskTexts()}
              />
            </div>
          )}
          {payment.state === "succeeded" && (
            <FileLink href={`${customer}/payments/${payment.id}/receipt`}>{paper("receiptOf")}</FileLink>
          )}
        </div>
        <PaymentTables payment={payment} customer={customer} />
        <Section title={t("activity")} none={t("nothing")} isEmpty={payment.activities.length === 0}>
          <ActivityTable label={t("activity")} activities={payment.activities} />
        </Section>
      </div>
    </StaffFrame>
  );
}
