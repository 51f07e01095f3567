import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { BalanceCard } from "@/components/overview/balance-card";
import { Lately } from "@/components/overview/lately";
import { OwedCard } from "@/components/overview/owed-card";
import { SoonList } from "@/components/overview/soon-list";
import { Suspensions } from "@/components/service/suspensions";
import { Loading } from "@/components/ui/loading";
import { PageHead } from "@/components/ui/page-head";
import { requireCustomer } from "@/lib/auth/current";
import type { CustomerActor } from "@/lib/portal/shapes";
import { showOverview } from "@/lib/portal/show-overview";
import PortalLayout from "./(portal)/layout";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("overview"))("title") };
}

/** The way in: customers to what they want to know first, staff to their section, the signed-out to sign in. */
export default async function OverviewPage() {
  const actor = await requireCustomer("/");
  const t = await getTranslations("overview");
  const shell = await getTranslations("shell");
  return (
    <PortalLayout>
      <PageHead title={t("title")} />
      <Suspense fallback={<Loading text={shell("loading")} />}>
        <Cards actor={actor} />
      </Suspense>
    </PortalLayout>
  );
}

async function Cards({ actor }: { actor: CustomerActor }) {
  const overview = await showOverview(actor);
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <div className="empty:hidden lg:col-span-2">
        <Suspensions
          suspensions={overview.suspensions}
          takeOwnGrace={null}
          renewHref={(serviceId) => `/services/${serviceId}/renew`}
        />
      </div>
      <OwedCard overview={overview} />
      <BalanceCard overview={overview} />
      <SoonList overview={overview} />
      <Lately overview={overview} />
    </div>
  );
}
