import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { refusalSentence } from "@/components/payment/pay-words";
import { TopUpPanel } from "@/components/payment/top-up-panel";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { requireCustomer } from "@/lib/auth/current";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { showTopUp } from "@/lib/portal/show-top-up";
import { topUp } from "../actions";
import { parseTopUpQuery, topUpHref } from "./search-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("topUp"))("title") };
}

interface TopUpPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Raising the balance, begun from an invoice that it then settles, or from nothing. */
export default async function TopUpPage({ searchParams }: TopUpPageProps) {
  const { invoiceNumber } = parseTopUpQuery(await searchParams);
  const actor = await requireCustomer(topUpHref(invoiceNumber));
  const shown = await showTopUp(actor, { invoiceNumber });
  const t = await getTranslations("topUp");
  return (
    <>
      <PageHead
        title={t("title")}
        above={
          <TextLink href="/balance" className="inline-flex items-center gap-1.5 text-sm no-underline">
            <ArrowLeft aria-hidden="true" className="size-4" />
            {t("back")}
          </TextLink>
        }
      />
      <div className="max-w-md">
        {shown.ok ? (
          <TopUpPanel panel={shown.value} paymentId={newId<PaymentId>()} action={topUp} />
        ) : (
          <Callout tone="warn">
            <p>{await refusalSentence(shown.refusal)}</p>
          </Callout>
        )}
      </div>
    </>
  );
}
