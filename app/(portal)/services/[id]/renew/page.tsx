import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { refusalSentence } from "@/components/payment/pay-words";
import { RenewPanel } from "@/components/service/renew-panel";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { readPageMethods } from "@/lib/portal/page-methods";
import { showRenewNow } from "@/lib/portal/renew-now";
import { renewNow } from "../../actions";
import { parseTerms, renewHref } from "./search-params";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("renew"))("title") };
}

interface RenewPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** A service is renewed ahead of its day, for as many terms as one likes. */
export default async function RenewPage({ params, searchParams }: RenewPageProps) {
  const { id } = await params;
  const terms = parseTerms(await searchParams);
  const actor = await requireCustomer(renewHref(id, terms));
  const shown = await showRenewNow(actor, { serviceId: id, terms });
  if (!shown.ok && shown.refusal.code === "service_not_found") notFound();
  const t = await getTranslations("renew");
  return (
    <>
      <PageHead
        title={t("title")}
        above={
          <TextLink
            href={`/services/${id}`}
            className="inline-flex items-center gap-1.5 text-sm no-underline"
          >
            <ArrowLeft aria-hidden="true" className="size-4" />
            {shown.ok ? <bdi>{shown.value.service.label}</bdi> : t("back")}
          </TextLink>
        }
      />
      <div className="max-w-lg">
        {shown.ok ? (
          <RenewPanel
            panel={shown.value}
            paymentId={newId<PaymentId>()}
            action={carrying(actor, renewNow)}
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
