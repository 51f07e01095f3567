import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { PlanChangeRefused, PlanChangeShown, PlanChoiceForm } from "@/components/service/plan-change";
import { planChangeTexts } from "@/components/service/plan-change-texts";
import { PlanChoiceArea } from "@/components/service/plan-choice-area";
import { ActionForm } from "@/components/sign-in/action-form";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showPlanChange } from "@/lib/admin/change-plan";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { changeCustomersPlan } from "./actions";

interface PlanChangePageProps {
  params: Promise<{ reference: string; service: string }>;
  searchParams: Promise<Record<string, unknown>>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("planChange"))("title") };
}

/** Another plan for a customer's service, as the customer could choose it. */
export default async function StaffPlanChangePage({ params, searchParams }: PlanChangePageProps) {
  const given = await params;
  const reference = decodeURIComponent(given.reference);
  const home = `/admin/customers/${encodeURIComponent(reference)}`;
  const path = `${home}/services/${encodeURIComponent(given.service)}/plan`;
  const actor = await requireStaff(path);
  const raw = await searchParams;
  const planId = typeof raw.plan === "string" && raw.plan !== "" ? raw.plan : undefined;
  const way = raw.way === "at_once" ? ("at_once" as const) : ("next_term" as const);
  const [user, shown, t, answers] = await Promise.all([
    currentUser(),
    showPlanChange(actor, { reference, serviceId: given.service, planId, way }),
    getTranslations("planChange"),
    planChangeTexts(),
  ]);
  if (!shown) notFound();
  const { customer, service, preview } = shown;
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="customers">
      <PageHead
        title={t("title")}
        above={
          <TextLink href={home}>
            <span dir="auto">{customer.name}</span>
          </TextLink>
        }
      >
        <p className="mt-1 text-ink-soft">
          <span dir="auto">{service.label}</span>: <span dir="auto">{service.planName}</span>
        </p>
      </PageHead>
      <PlanChoiceArea
        key={`${planId} ${way}`}
        wish={{ planId, way }}
        changed={t("choiceChanged")}
        choice={<PlanChoiceForm choices={shown} action={path} chosen={{ planId, way }} />}
      >
        {preview?.ok && (
          <PlanChangeShown preview={preview.value} canTopUp={false}>
            {(submit) =>
              mayStaff(actor.role, "service.change_plan") && (
                <ActionForm
                  key={`${planId} ${way} ${preview.value.due.minor}`}
                  action={changeCustomersPlan}
                  hidden={{
                    customerId: customer.id,
                    serviceId: service.id,
                    planId: planId ?? "",
                    way,
                    agreedMinor: preview.value.due.minor.toString(),
                  }}
                  fields={[]}
                  submit={submit}
                  answers={answers}
                  said={t("done")}
                />
              )
            }
          </PlanChangeShown>
        )}
        {preview && !preview.ok && !service.isEnding && (
          <PlanChangeRefused refusal={preview.refusal} answers={answers} />
        )}
      </PlanChoiceArea>
    </StaffFrame>
  );
}
