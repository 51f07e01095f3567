import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { PlanFacts } from "@/components/plan/plan-facts";
import { planPath } from "@/components/plan/plan-path";
import { priceTexts } from "@/components/plan/plan-texts";
import { PriceForm } from "@/components/plan/price-form";
import { PricePreview } from "@/components/plan/price-preview";
import { PriceTable } from "@/components/plan/price-table";
import { ActionForm } from "@/components/sign-in/action-form";
import { StaffFrame } from "@/components/staff/staff-frame";
import { sentenceOf } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { showPlan } from "@/lib/admin/list-plans";
import { previewPrice } from "@/lib/admin/plan-price";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import { setPrice } from "../actions";
import { priceWishOf } from "../search-params";

interface PlanPageProps {
  params: Promise<{ plan: string }>;
  searchParams: Promise<Record<string, unknown>>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("plans"))("title") };
}

/** One plan: its days, its prices, and what another price from a day on would do. */
export default async function PlanPage({ params, searchParams }: PlanPageProps) {
  const key = decodeURIComponent((await params).plan);
  const actor = await requireStaff(planPath(key));
  const wish = priceWishOf(key, await searchParams);
  const [user, plan, preview, t, answers] = await Promise.all([
    currentUser(),
    showPlan(actor, key),
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
                  key={`${preview.value.seen} ${wish.price} ${wish.from}`}
                  action={setPrice}
                  hidden={{ ...wish, seen: preview.value.seen }}
                  fields={[]}
                  submit={t("set")}
                  answers={answers}
                  done={<p>{t("done")}</p>}
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
        </section>
      </div>
    </StaffFrame>
  );
}
