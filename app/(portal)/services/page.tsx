import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { ServiceTable } from "@/components/service/service-table";
import { Suspensions } from "@/components/service/suspensions";
import { Empty } from "@/components/ui/empty";
import { Loading } from "@/components/ui/loading";
import { PageHead } from "@/components/ui/page-head";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { listServices } from "@/lib/portal/list-services";
import { listSuspensions } from "@/lib/portal/list-suspensions";
import type { CustomerActor } from "@/lib/portal/shapes";
import { switchAutoRenew, takeOwnGrace } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("services"))("title") };
}

export default async function ServicesPage() {
  const actor = await requireCustomer("/services");
  const t = await getTranslations("services");
  const shell = await getTranslations("shell");
  return (
    <>
      <PageHead title={t("title")} />
      <Suspense fallback={<Loading text={shell("loading")} />}>
        <Services actor={actor} />
      </Suspense>
    </>
  );
}

async function Services({ actor }: { actor: CustomerActor }) {
  const [{ services, canChange, canPay }, suspensions] = await Promise.all([
    listServices(actor),
    listSuspensions(actor),
  ]);
  if (services.length > 0) {
    return (
      <>
        <div className="mb-6 empty:hidden">
          <Suspensions suspensions={suspensions} takeOwnGrace={carrying(actor, takeOwnGrace)} />
        </div>
        <ServiceTable
          services={services}
          onSwitch={canChange ? carrying(actor, switchAutoRenew) : null}
          canPay={canPay}
        />
      </>
    );
  }
  const t = await getTranslations("services");
  return (
    <Empty title={t("emptyTitle")}>
      <p>{t("emptyBody")}</p>
    </Empty>
  );
}
