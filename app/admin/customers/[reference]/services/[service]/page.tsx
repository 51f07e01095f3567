import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { staffTexts } from "@/app/admin/texts";
import { ServiceStateBadge } from "@/components/service/service-table";
import { Suspensions } from "@/components/service/suspensions";
import { ActionForm } from "@/components/sign-in/action-form";
import { ActivityTable } from "@/components/staff/activity-table";
import { Section } from "@/components/staff/section";
import { ServiceFacts, ServiceNext, ServiceRenewals, ServiceTerms } from "@/components/staff/service-parts";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { listSuspensions } from "@/lib/admin/list-suspensions";
import { type StaffService, showService } from "@/lib/admin/show-service";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { holdSuspension, keepServiceByStaff } from "./actions";
import { PutBackForm } from "./put-back-form";

interface ServicePageProps {
  params: Promise<{ reference: string; service: string }>;
}

/** Asked by the page and by its title, read once. */
const read = cache(async (reference: string, serviceId: string) => {
  const customer = `/admin/customers/${encodeURIComponent(reference)}`;
  const actor = await requireStaff(`${customer}/services/${encodeURIComponent(serviceId)}`);
  return { actor, service: await showService(actor, { reference, serviceId }) };
});

export async function generateMetadata({ params }: ServicePageProps): Promise<Metadata> {
  const { reference, service: serviceId } = await params;
  const { service } = await read(decodeURIComponent(reference), serviceId);
  return { title: service?.label ?? (await getTranslations("staff"))("service") };
}

/** A service for staff: where it stands, what happens next and when, and what may be done about it. */
export default async function ServicePage({ params }: ServicePageProps) {
  const given = await params;
  const reference = decodeURIComponent(given.reference);
  const customer = `/admin/customers/${encodeURIComponent(reference)}`;
  const path = `${customer}/services/${encodeURIComponent(given.service)}`;
  const [user, { actor, service }, t, words, plan] = await Promise.all([
    currentUser(),
    read(reference, given.service),
    getTranslations("staff"),
    getTranslations("staffService"),
    getTranslations("planChange"),
  ]);
  if (!service) notFound();
  const suspensions = await listSuspensions(actor, { customerId: service.customerId });
  const isRunning = service.state === "active" || service.state === "suspended";
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="services">
      <PageHead
        above={
          <TextLink href={customer}>
            <span dir="auto">{service.customerName}</span>
          </TextLink>
        }
        title={<span dir="auto">{service.label}</span>}
        aside={<ServiceStateBadge state={service.state} />}
      >
        <p className="mt-1 text-ink-soft" dir="auto">
          {service.planName}
        </p>
      </PageHead>
      <div className="grid gap-10 pb-16">
        <Suspensions
          suspensions={suspensions.filter(({ serviceId }) => serviceId === service.id)}
          takeOwnGrace={null}
          invoiceHref={(number) => `${customer}/invoices/${encodeURIComponent(number)}`}
        />
        <ServiceFacts service={service} />
        <div className="grid gap-10 lg:grid-cols-[3fr_2fr]">
          <Section title={words("next")} none={words("nothingNext")} isEmpty={service.next.length === 0}>
            <ServiceNext service={service} />
          </Section>
          {isRunning && (
            <div className="grid content-start gap-3">
              <TextLink href={`${path}/plan`}>{plan("changeLink")}</TextLink>
              {service.state === "active" && mayStaff(actor.role, "suspension.hold") && (
                <HoldForms service={service} />
              )}
              {service.cancelRequestedAt && mayStaff(actor.role, "service.keep") && (
                <KeepForm service={service} />
              )}
              {service.ifPutBack && mayStaff(actor.role, "renewal.put_back") && (
                <PutBackForm
                  service={service}
                  outlook={service.ifPutBack}
                  answers={
                    await staffTexts([
                      "reason_missing",
                      "reason_too_long",
                      "service_not_found",
                      "service_not_going_on",
                      "renewal_not_declined",
                    ])
                  }
                />
              )}
            </div>
          )}
        </div>
        <Section title={words("terms")} none={t("nothing")} isEmpty={service.terms.length === 0}>
          <ServiceTerms service={service} />
        </Section>
        <Section title={words("renewals")} none={t("nothing")} isEmpty={service.renewals.length === 0}>
          <ServiceRenewals service={service} />
        </Section>
        <Section title={t("activity")} none={t("nothing")} isEmpty={service.activities.length === 0}>
          <ActivityTable label={t("activity")} activities={service.activities} />
        </Section>
      </div>
    </StaffFrame>
  );
}

/** Takes back that it ends with its paid term. */
async function KeepForm({ service }: { service: StaffService }) {
  const [t, words, answers] = await Promise.all([
    getTranslations("staff"),
    getTranslations("staffService"),
    staffTexts(["reason_missing", "reason_too_long", "service_not_found", "service_not_running"]),
  ]);
  const { label } = service;
  return (
    <details className="max-w-sm">
      <summary className="cursor-pointer font-medium text-accent">{words("keep")}</summary>
      <div className="mt-3">
        <ActionForm
          action={keepServiceByStaff}
          hidden={{ customerId: service.customerId, serviceId: service.id }}
          fields={[{ name: "reason", label: t("reason"), type: "text", autoComplete: "off", maxLength: 500 }]}
          submit={words("keep")}
          answers={answers}
          ask={{
            title: words("keepAsk", { label }),
            lines: [words("keepGoesOn"), words("keepWish")],
            confirm: words("keep"),
            keep: words("keepNot"),
            isDangerous: false,
          }}
          said={words("kept", { label })}
        />
      </div>
    </details>
  );
}

/** Holding its suspension off, and ending that; each behind its own summary. */
async function HoldForms({ service }: { service: StaffService }) {
  const [t, words, answers] = await Promise.all([
    getTranslations("staff"),
    getTranslations("staffService"),
    staffTexts([
      "reason_missing",
      "reason_too_long",
      "service_not_found",
      "service_not_active",
      "day_malformed",
      "day_out_of_range",
      "not_held",
    ]),
  ]);
  const hidden = { customerId: service.customerId, serviceId: service.id };
  const reason = {
    name: "reason",
    label: t("reason"),
    type: "text",
    autoComplete: "off",
    maxLength: 500,
  };
  return (
    <>
      <details className="max-w-sm">
        <summary className="cursor-pointer font-medium text-accent">
          {words(service.holdUntil ? "holdLonger" : "hold")}
        </summary>
        <div className="mt-3">
          <ActionForm
            key={String(service.holdUntil)}
            action={holdSuspension}
            hidden={hidden}
            fields={[
              { name: "until", label: words("until"), hint: words("untilHint"), type: "date" },
              reason,
            ]}
            submit={words("hold")}
            answers={answers}
            said={words("held")}
          />
        </div>
      </details>
      {service.holdUntil && (
        <details className="max-w-sm">
          <summary className="cursor-pointer font-medium text-accent">{words("endHold")}</summary>
          <div className="mt-3">
            <ActionForm
              action={holdSuspension}
              hidden={{ ...hidden, until: "" }}
              fields={[reason]}
              submit={words("endHold")}
              answers={answers}
              said={words("holdEnded")}
            />
          </div>
        </details>
      )}
    </>
  );
}
