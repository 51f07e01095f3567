import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { PlanTable } from "@/components/plan/plan-table";
import { StaffFrame } from "@/components/staff/staff-frame";
import { Empty } from "@/components/ui/empty";
import { PageHead } from "@/components/ui/page-head";
import { listPlans } from "@/lib/admin/list-plans";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("plans"))("title") };
}

/** What is sold, and for how much. */
export default async function PlansPage() {
  const actor = await requireStaff("/admin/plans");
  const [user, plans, t] = await Promise.all([currentUser(), listPlans(actor), getTranslations("plans")]);
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="plans">
      <PageHead title={t("title")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("intro")}</p>
      </PageHead>
      <div className="pb-16">
        {plans.length > 0 ? <PlanTable plans={plans} /> : <Empty title={t("none")} />}
      </div>
    </StaffFrame>
  );
}
