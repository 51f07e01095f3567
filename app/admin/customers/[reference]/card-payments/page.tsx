import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { ChargeTable, DisputeTable, RefundTable } from "@/components/staff/card-money";
import { StaffFrame } from "@/components/staff/staff-frame";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showCardMoney } from "@/lib/admin/show-card-money";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { agreeLoss, attachRefund, refundTopUp, syncDispute, syncRefund } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("moneyBack"))("cardMoney") };
}

interface CardPaymentsPageProps {
  params: Promise<{ reference: string }>;
}

/** What a customer paid by card, what of it can go back, and what went back or is asked back. */
export default async function CardPaymentsPage({ params }: CardPaymentsPageProps) {
  const reference = decodeURIComponent((await params).reference);
  const back = `/admin/customers/${encodeURIComponent(reference)}`;
  const actor = await requireStaff(`${back}/card-payments`);
  const [user, money, t, answers] = await Promise.all([
    currentUser(),
    showCardMoney(actor, { reference }),
    getTranslations("moneyBack"),
    answerTexts(),
  ]);
  if (!money) notFound();
  const mayRefund = mayStaff(actor.role, "refund.make");
  const maySync = mayStaff(actor.role, "payment.sync");
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="customers">
      <PageHead
        above={
          <TextLink href={back}>
            <span dir="auto">{money.name}</span>
          </TextLink>
        }
        title={t("cardMoney")}
      >
        <p className="mt-1 max-w-3xl text-ink-soft">{t("intro")}</p>
      </PageHead>
      <div className="grid gap-12 pb-16">
        <ChargeTable money={money} action={mayRefund ? refundTopUp : null} answers={answers} />
        <RefundTable
          money={money}
          attach={mayRefund ? attachRefund : null}
          sync={maySync ? syncRefund : null}
          texts={answers}
        />
        <DisputeTable
          money={money}
          sync={maySync ? syncDispute : null}
          agree={mayRefund ? agreeLoss : null}
          texts={answers}
        />
      </div>
    </StaffFrame>
  );
}

const codes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "reason_missing",
  "reason_too_long",
  "amount_missing",
  "amount_malformed",
  "amount_negative",
  "amount_ambiguous",
  "amount_too_precise",
  "amount_too_large",
  "amount_zero",
  "customer_not_found",
  "charge_not_found",
  "refund_id_used",
  "refund_changed",
  "refund_too_large",
  "refund_uneven",
  "refund_refused",
  "refund_not_found",
  "refund_not_waiting",
  "nothing_available",
  "refund_quarantined",
  "dispute_not_found",
  "dispute_not_waiting",
  "refund_sent_unknown",
] as const;

/** A sentence for each refusal that these acts may meet. */
async function answerTexts(): Promise<AnswerTexts> {
  const t = await getTranslations("staffRefusal");
  const texts = Object.fromEntries(codes.map((code) => [code, String(t.raw(code))]));
  return {
    ...texts,
    gateway_unreachable: String(t.raw("refund_sent_unknown")),
    fault: String(t.raw("fault")),
    lost: String(t.raw("lost")),
  };
}
