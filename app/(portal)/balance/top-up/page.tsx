import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { BankDetails } from "@/components/balance/bank-details";
import { refusalSentence } from "@/components/payment/pay-words";
import { TopUpPanel } from "@/components/payment/top-up-panel";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { readPageMethods } from "@/lib/portal/page-methods";
import { showBankDetails } from "@/lib/portal/show-bank-details";
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
  const query = parseTopUpQuery(await searchParams);
  const actor = await requireCustomer(topUpHref(query));
  const shown = await showTopUp(actor, query);
  const [t, bank] = await Promise.all([getTranslations("topUp"), showBankDetails(actor)]);
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
          <TopUpPanel
            panel={shown.value}
            paymentId={newId<PaymentId>()}
            action={carrying(actor, topUp)}
            pageMethods={await readPageMethods()}
          />
        ) : (
          <Callout tone="warn">
            <p>{await refusalSentence(shown.refusal)}</p>
          </Callout>
        )}
        {bank && (
          <div className="mt-8">
            <BankDetails details={bank} />
          </div>
        )}
      </div>
    </>
  );
}
