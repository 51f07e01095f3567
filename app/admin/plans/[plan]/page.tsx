import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { cache } from "react";
import { PlanFacts } from "@/components/plan/plan-facts";
import { planPath } from "@/components/plan/plan-path";
import { planSettingsTexts, priceTexts } from "@/components/plan/plan-texts";
import { PriceForm } from "@/components/plan/price-form";
import { PricePreview } from "@/components/plan/price-preview";
import { PriceTable } from "@/components/plan/price-table";
import { ActionForm } from "@/components/sign-in/action-form";
import { StaffFrame } from "@/components/staff/staff-frame";
import { sentenceOf } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { type PlanRow, showPlan } from "@/lib/admin/list-plans";
import { previewPrice } from "@/lib/admin/plan-price";
import { planDayNames, seenOf } from "@/lib/admin/plan-settings";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import { changePlanSettings, setPrice } from "../actions";
import { priceWishOf } from "../search-params";

interface PlanPageProps {
  params: Promise<{ plan: string }>;
  searchParams: Promise<Record<string, unknown>>;
}

/** Asked by the page and by its title, read once. */
const read = cache(async (key: string) => {
  const actor = await requireStaff(planPath(key));
  return { actor, plan: await showPlan(actor, key) };
});

export async function generateMetadata({ params }: PlanPageProps): Promise<Metadata> {
  const { plan } = await read(decodeURIComponent((await params).plan));
  return { title: plan?.name ?? (await getTranslations("plans"))("title") };
}

/** One plan: its days, its prices, and what another price from a day on would do. */
export default async function PlanPage({ params, searchParams }: PlanPageProps) {
  const key = decodeURIComponent((await params).plan);
  const { actor, plan } = await read(key);
  const wish = priceWishOf(key, await searchParams);
  const [user, preview, t, answers] = await Promise.all([
    currentUser(),
    wish && previewPrice(actor, wish),
    getTranslations("plans"),
    priceTexts(),
  ]);
  if (!plan) notFound();
  const { clock, settings } = context();
  const today = calendarDay(clock.now(), settings.timeZone);
  return (
    <StaffFrame hostName={settings.hostName} user={user} here="plans">
      <PageHead title={plan.name} above={<TextLink href="/admin/plans">{t("back")}</TextLink>}>
        <p className="figures mt-1 break-all text-ink-soft">{plan.key}</p>
      </PageHead>
      <PlanFacts plan={plan} />
      <div className="grid gap-12 pt-10 pb-16 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <section aria-labelledby="prices">
          <h2 id="prices" className="mb-3 font-semibold text-lg">
            {t("prices")}
          </h2>
          <PriceTable prices={plan.prices} />
          {wish && preview?.ok && (
            <PricePreview change={preview.value}>
              {mayStaff(actor.role, "plan.change") && (
                <ActionForm
                  key={`${wish.price} ${wish.currency} ${wish.from}`}
                  action={setPrice}
                  hidden={{ ...wish, seen: preview.value.seen }}
                  fields={[]}
                  submit={t("set")}
                  answers={answers}
                  said={t("done")}
                  leadsTo={planPath(key)}
                />
              )}
            </PricePreview>
          )}
        </section>
        <section aria-labelledby="new-price">
          <h2 id="new-price" className="mb-1 font-semibold text-lg">
            {t("newPrice")}
          </h2>
          <p className="mb-4 text-ink-soft text-sm">{t("newPriceNote")}</p>
          <PriceForm
            // Once a price is set, the question is over and the form is empty again.
            key={JSON.stringify(wish)}
            action={planPath(key)}
            currencies={[...new Set(plan.prices.map(({ price }) => price.currency as string))]}
            wish={wish}
            earliest={today}
            suggested={addCalendarDays(today, 30)}
          />
          {preview && !preview.ok && (
            <Callout tone="bad" role="alert" className="mt-4">
              <p>{sentenceOf(preview.refusal, answers)}</p>
            </Callout>
          )}
          {mayStaff(actor.role, "plan.change") && <DaysForm plan={plan} />}
        </section>
      </div>
    </StaffFrame>
  );
}

/** The plan's days, changed behind a summary: that is not what one opens this page for. */
async function DaysForm({ plan }: { plan: PlanRow }) {
  const [t, answers] = await Promise.all([getTranslations("plans"), planSettingsTexts()]);
  const seen = seenOf(plan);
  return (
    <details className="mt-10">
      <summary className="cursor-pointer font-medium text-accent">{t("changeDays")}</summary>
      <p className="my-3 text-ink-soft text-sm">{t("changeDaysNote")}</p>
      <ActionForm
        // What stands now is what the next change begins from.
        key={seen}
        action={changePlanSettings}
        hidden={{ planId: plan.id, seen }}
        fields={[
          ...planDayNames.map((name) => ({
            name,
            label: t(`field_${name}`),
            type: "text",
            autoComplete: "off",
            maxLength: 4,
            initial: String(plan[name]),
          })),
          {
            name: "reminderDays",
            label: t("field_reminderDays"),
            hint: t("reminderDaysHint"),
            type: "text",
            autoComplete: "off",
            maxLength: 100,
            isOptional: true,
            initial: plan.reminderDays?.join(", ") ?? "",
          },
        ]}
        submit={t("saveDays")}
        answers={answers}
        said={t("daysSaved")}
      />
    </details>
  );
}
