import type { Metadata } from "next";
import { headers } from "next/headers";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { LinkInvoice } from "@/components/payment/link-invoice";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { UserMenu } from "@/components/shell/user-menu";
import { TextLink } from "@/components/ui/text-link";
import { clientAddress } from "@/lib/auth/client-address";
import { context } from "@/lib/auth/context";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { readPageMethods } from "@/lib/portal/page-methods";
import { type PayLinkView, showPayLink } from "@/lib/portal/show-pay-link";
import { payByLink } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  // Whoever has the address can pay: no other site is told it.
  return { title: (await getTranslations("payLink"))("title"), referrer: "no-referrer" };
}

/**
 * Where somebody with a phone and a link pays what it is for, whoever is signed in in this browser or nobody. It shows what
 * the link is for, and nothing else of the customer.
 */
export default async function PayLinkPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  const view = await showPayLink({ token, address: clientAddress(await headers()) });
  return (
    <PlainShell
      hostName={context().settings.hostName}
      menu={<UserMenu user={null} preferences={<Preferences />} />}
    >
      <div className="mx-auto grid w-full max-w-md gap-6 pt-4 sm:pt-16">
        {view.kind === "due" ? (
          <LinkInvoice
            token={token}
            view={view}
            paymentIds={{ byCard: newId<PaymentId>(), withBalance: newId<PaymentId>() }}
            action={payByLink}
            pageMethods={await readPageMethods()}
          />
        ) : (
          <Closed view={view} />
        )}
      </div>
    </PlainShell>
  );
}

async function Closed({ view }: { view: Exclude<PayLinkView, { kind: "due" }> }) {
  const t = await getTranslations("payLink");
  switch (view.kind) {
    case "not_valid":
      return <Say title={t("notValidTitle")}>{t("notValidBody")}</Say>;
    case "too_many":
      return (
        <Say title={t("tooManyTitle")}>
          {t("tooManyBody", { minutes: Math.ceil(view.retryAfterSeconds / 60) })}
        </Say>
      );
    case "expired":
      return (
        <>
          <Say title={t("expiredTitle")}>{t("expiredBody")}</Say>
          <p>
            <TextLink href="/sign-in">{t("signIn")}</TextLink>
          </p>
        </>
      );
    case "paid":
      return <Say title={t("nothingDueTitle")}>{t("paidBody", { number: view.number })}</Say>;
    case "void":
      return <Say title={t("nothingDueTitle")}>{t("voidBody", { number: view.number })}</Say>;
    case "written_off":
      return <Say title={t("writtenOffTitle")}>{t("writtenOffBody", { number: view.number })}</Say>;
    case "confirming":
      return <Say title={t("confirmingTitle")}>{t("confirmingBody", { number: view.number })}</Say>;
  }
}

function Say({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid gap-2">
      <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
      <p className="text-ink-soft">{children}</p>
    </div>
  );
}
