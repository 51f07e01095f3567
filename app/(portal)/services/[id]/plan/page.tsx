import { ArrowLeft } from "lucide-react";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/components/payment/answer-texts";
import { KeepService } from "@/components/service/end-service";
import { PlanChangeRefused, PlanChangeShown, PlanChoiceForm } from "@/components/service/plan-change";
import { planChangeTexts } from "@/components/service/plan-change-texts";
import { PlanChoiceArea } from "@/components/service/plan-choice-area";
import { ActionForm } from "@/components/sign-in/action-form";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { showPlanChange } from "@/lib/portal/change-plan";
import { keepService } from "../../actions";
import { changePlan } from "./actions";
import { planWishOf } from "./search-params";

interface PlanChangePageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, unknown>>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("planChange"))("title") };
}

/** Another plan for a service: what it would cost now and from its next term on, then the change itself. */
export default async function PlanChangePage({ params, searchParams }: PlanChangePageProps) {
  const { id } = await params;
  const path = `/services/${encodeURIComponent(id)}/plan`;
  const actor = await requireCustomer(path);
  const wish = planWishOf(await searchParams);
  const [shown, t, answers, texts] = await Promise.all([
    showPlanChange(actor, { serviceId: id, ...wish }),
    getTranslations("planChange"),
    planChangeTexts(),
    answerTexts(),
  ]);
  if (!shown) notFound();
  const { service, preview, canChange } = shown;
  return (
    <>
      <PageHead
        title={t("title")}
        above={
          <TextLink
            href={`/services/${service.id}`}
            className="inline-flex items-center gap-1.5 text-sm no-underline"
          >
            <ArrowLeft aria-hidden="true" className="size-4" />
            <bdi>{service.label}</bdi>
          </TextLink>
        }
      >
        <p className="mt-1 text-ink-soft">
          <span dir="auto">{service.label}</span>: <span dir="auto">{service.planName}</span>
        </p>
      </PageHead>
      <PlanChoiceArea
        key={`${wish.planId} ${wish.way}`}
        wish={wish}
        changed={t("choiceChanged")}
        choice={
          <PlanChoiceForm
            choices={shown}
            action={path}
            chosen={wish}
            keep={
              canChange && (
                <KeepService service={service} onKeep={carrying(actor, keepService)} texts={texts} />
              )
            }
          />
        }
      >
        {preview?.ok && (
          <PlanChangeShown preview={preview.value} canTopUp>
            {(submit) =>
              canChange ? (
                <ActionForm
                  key={`${wish.planId} ${wish.way} ${preview.value.due.minor}`}
                  action={carrying(actor, changePlan)}
                  hidden={{
                    serviceId: service.id,
                    planId: wish.planId ?? "",
                    way: wish.way,
                    agreedMinor: preview.value.due.minor.toString(),
                  }}
                  fields={[]}
                  submit={submit}
                  answers={answers}
                  said={t("done")}
                />
              ) : (
                <p className="text-ink-soft">{t("onlyLooking")}</p>
              )
            }
          </PlanChangeShown>
        )}
        {preview && !preview.ok && !service.isEnding && (
          <PlanChangeRefused refusal={preview.refusal} answers={answers} />
        )}
      </PlanChoiceArea>
    </>
  );
}
