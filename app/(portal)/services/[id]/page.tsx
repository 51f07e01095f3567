import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { Timeline } from "@/components/invoice/timeline";
import { answerTexts } from "@/components/payment/answer-texts";
import { EndService } from "@/components/service/end-service";
import { NextPanel } from "@/components/service/next-panel";
import { PutBack } from "@/components/service/put-back";
import { ServiceFacts } from "@/components/service/service-facts";
import { ServiceInvoices } from "@/components/service/service-invoices";
import { ServiceStateBadge } from "@/components/service/service-table";
import { ServiceTerms } from "@/components/service/service-terms";
import { Suspended } from "@/components/service/suspended";
import { Suspensions } from "@/components/service/suspensions";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { listSuspensions } from "@/lib/portal/list-suspensions";
import { showService } from "@/lib/portal/show-service";
import { cancelService, keepService, putRenewalBack, switchAutoRenew, takeOwnGrace } from "../actions";

interface ServicePageProps {
  params: Promise<{ id: string }>;
}

/** Asked by the page and by its title, read once. */
const read = cache(async (id: string) => {
  const actor = await requireCustomer(`/services/${encodeURIComponent(id)}`);
  const service = await showService(actor, id);
  return service && { actor, service };
});

export async function generateMetadata({ params }: ServicePageProps): Promise<Metadata> {
  const shown = await read((await params).id);
  return { title: shown?.service.label ?? (await getTranslations("services"))("service") };
}

export default async function ServicePage({ params }: ServicePageProps) {
  const shown = await read((await params).id);
  // Unknown, or someone else's: the same answer.
  if (!shown) notFound();
  const { actor, service } = shown;
  const [t, texts, all] = await Promise.all([
    getTranslations("service"),
    answerTexts(),
    listSuspensions(actor),
  ]);
  const suspensions = all.filter(({ serviceId }) => serviceId === service.id);
  return (
    <>
      <PageHead
        title={<bdi>{service.label}</bdi>}
        above={
          <TextLink href="/services" className="inline-flex items-center gap-1.5 text-sm no-underline">
            <ArrowLeft aria-hidden="true" className="size-4" />
            {t("back")}
          </TextLink>
        }
        aside={<ServiceStateBadge state={service.state} />}
      />
      <div className="grid items-start gap-x-14 gap-y-10 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="lg:order-2">
          <NextPanel service={service}>
            {service.ifPutBack && (
              <PutBack
                service={service}
                outlook={service.ifPutBack}
                action={carrying(actor, putRenewalBack)}
                texts={{ fault: texts.fault, lost: texts.lost, ...texts.byCode }}
              />
            )}
          </NextPanel>
        </div>
        <div className="grid gap-10">
          <div className="grid gap-6">
            {suspensions.length > 0 ? (
              <Suspensions
                suspensions={suspensions}
                takeOwnGrace={carrying(actor, takeOwnGrace)}
                renewHref={(serviceId) => `/services/${serviceId}/renew`}
              />
            ) : (
              <Suspended service={service} />
            )}
            <ServiceFacts
              service={service}
              onSwitch={service.canChange ? carrying(actor, switchAutoRenew) : null}
            />
          </div>
          <ServiceTerms service={service} />
          <ServiceInvoices service={service} />
          <Timeline entries={service.timeline} />
          <EndService
            service={service}
            onCancel={carrying(actor, cancelService)}
            onKeep={carrying(actor, keepService)}
            texts={texts}
          />
        </div>
      </div>
    </>
  );
}
