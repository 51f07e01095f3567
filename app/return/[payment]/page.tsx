import { CircleCheck } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { useTranslations } from "next-intl";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { PortalFrame } from "@/app/(portal)/portal-frame";
import { Confirming } from "@/components/payment/confirming";
import { LinkOutcome } from "@/components/payment/link-outcome";
import { methodName } from "@/components/payment/method-words";
import { Receipt } from "@/components/payment/receipt";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { UserMenu } from "@/components/shell/user-menu";
import { buttonLook } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Link } from "@/components/ui/link";
import { visitorAddress } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { currentUser, customerOf } from "@/lib/auth/current";
import { type PaymentId, parseId } from "@/lib/kernel/id";
import { linkPaymentOutcome } from "@/lib/portal/link-payment-outcome";
import { returnedPayment } from "@/lib/portal/returned-payment";
import type { PaymentOutcome } from "@/lib/portal/shapes";

export async function generateMetadata(): Promise<Metadata> {
  // The address names a payment: no other site is told it.
  return { title: (await getTranslations("return"))("title"), referrer: "no-referrer" };
}

/**
 * Where Stripe sends people back to. It finds out what became of the payment by itself and does not wait for the
 * webhook. It works signed out too (in another browser, after a long time at the bank), and then shows no data.
 */
export default async function ReturnPage({ params }: { params: Promise<{ payment: string }> }) {
  const paymentId = parseId<PaymentId>((await params).payment);
  if (!paymentId) notFound();
  const user = await currentUser();
  const actor = user && (await customerOf(user));
  const others = (user?.memberships ?? []).map(({ customerId }) => customerId);
  const address = await visitorAddress();
  const { outcome, isOther, isAsked } = await returnedPayment({ paymentId, actor, others, address });
  // Who paid by a link may be signed in as anybody, or not at all.
  const byLink = outcome ? null : await linkPaymentOutcome(paymentId, isAsked);
  // Unknown, or someone else's: the same answer.
  if (actor && !outcome && !byLink) notFound();
  const told = (
    <div className="mx-auto grid w-full max-w-md gap-8 pt-8 sm:pt-16">
      {outcome ? (
        <Known outcome={outcome} isOther={isOther} />
      ) : byLink ? (
        <LinkOutcome outcome={byLink} wait={<Wait />} />
      ) : (
        <SignedOut paymentId={paymentId} />
      )}
    </div>
  );
  if (user && actor) {
    return (
      <PortalFrame user={user} actor={actor}>
        {told}
      </PortalFrame>
    );
  }
  return (
    <PlainShell
      hostName={context().settings.hostName}
      menu={<UserMenu user={null} preferences={<Preferences />} />}
    >
      {told}
    </PlainShell>
  );
}

/** `isOther`: the payment of a customer that the person does not look at now. The portal's pages would not find it. */
function Known({ outcome, isOther }: { outcome: PaymentOutcome; isOther: boolean }) {
  const t = useTranslations("return");
  const shell = useTranslations("shell");
  const why = useTranslations("declined");
  const number = outcome.invoiceNumber;
  const elsewhere = outcome.isTopUp ? "/balance" : "/invoices";
  const invoice = number ? `/invoices/${encodeURIComponent(number)}` : elsewhere;
  const toElsewhere = t(outcome.isTopUp ? "toBalancePage" : "toInvoices");
  const back = isOther ? (
    <Link href="/" className={buttonLook("secondary", "large")}>
      {shell("overview")}
    </Link>
  ) : (
    <Link href={invoice} className={buttonLook("secondary", "large")}>
      {number ? t("toInvoice", { number }) : toElsewhere}
    </Link>
  );
  switch (outcome.kind) {
    case "paid":
      return (
        <>
          <CircleCheck aria-hidden="true" className="-mb-5 size-9 text-good" strokeWidth={1.5} />
          <Say title={t(outcome.isTopUp ? "titleToppedUp" : "titlePaid")} />
          <Receipt receipt={outcome.receipt} available={outcome.available} stillShort={outcome.stillShort} />
          {outcome.notKept && (
            <Callout tone="calm" role="status">
              <p>{t("notKept", { method: methodName(outcome.notKept) })}</p>
            </Callout>
          )}
          <Ways>
            {back}
            {number && !isOther && (
              <Link href={elsewhere} className={buttonLook("quiet", "large")}>
                {toElsewhere}
              </Link>
            )}
          </Ways>
        </>
      );
    case "confirming":
      return (
        <>
          <Wait />
          <Ways>{back}</Ways>
        </>
      );
    case "nothing_taken":
      return (
        <>
          {outcome.declined ? (
            <Say title={t("titleDeclined")}>{t("bodyDeclined", { reason: why(outcome.declined) })}</Say>
          ) : (
            <Say title={t("titleNothing")}>
              {t(outcome.resumeUrl ? "bodyNothingOpen" : "bodyNothingEnded")}
            </Say>
          )}
          <Ways>
            {outcome.resumeUrl && (
              <a href={outcome.resumeUrl} className={buttonLook("primary", "large")}>
                {t("goOn")}
              </a>
            )}
            {isOther ? (
              back
            ) : (
              <Link
                href={invoice}
                className={buttonLook(outcome.resumeUrl ? "secondary" : "primary", "large")}
              >
                {t("otherWay")}
              </Link>
            )}
          </Ways>
        </>
      );
  }
}

/** The same words whatever became of it: without a session there is nothing to tell. */
function SignedOut({ paymentId }: { paymentId: PaymentId }) {
  const t = useTranslations("return");
  return (
    <>
      <Say title={t("titleSignedOut")}>{t("bodySignedOut")}</Say>
      <Ways>
        <Link href={`/sign-in?callbackUrl=/return/${paymentId}`} className={buttonLook("primary", "large")}>
          {t("signIn")}
        </Link>
      </Ways>
    </>
  );
}

function Wait() {
  const t = useTranslations("return");
  return (
    <div role="status" className="grid gap-2">
      <Confirming
        first={{ title: t("titleConfirming"), body: t("bodyConfirming") }}
        long={{ title: t("titleLong"), body: t("bodyLong") }}
      />
    </div>
  );
}

function Say({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div role="status" className="grid gap-2">
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      {children && <p className="text-ink-soft">{children}</p>}
    </div>
  );
}

function Ways({ children }: { children: ReactNode }) {
  return <div className="grid gap-3">{children}</div>;
}
