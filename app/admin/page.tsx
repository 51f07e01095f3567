import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { DeskSections } from "@/components/desk/desk-sections";
import { Health } from "@/components/desk/health";
import { StaffFrame } from "@/components/staff/staff-frame";
import { PageHead } from "@/components/ui/page-head";
import { showDesk } from "@/lib/admin/show-desk";
import { showHealth } from "@/lib/admin/show-health";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { closeTask, confirmStripeAccount, replayParkedEvent, syncPayment } from "./actions";
import { deskTexts } from "./texts";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("desk"))("title") };
}

export default async function DeskPage() {
  const actor = await requireStaff("/admin");
  const [user, desk, health, t] = await Promise.all([
    currentUser(),
    showDesk(actor),
    showHealth(actor),
    getTranslations("desk"),
  ]);
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="desk">
      <PageHead title={t("title")}>
        <p className="mt-1 text-ink-soft">{t("intro", { role: t(`role_${actor.role}`) })}</p>
      </PageHead>
      <Health health={health} />
      <DeskSections
        desk={desk}
        actions={{ syncPayment, replayParkedEvent, closeTask, confirmStripeAccount }}
        texts={await deskTexts()}
        may={{
          sync: mayStaff(actor.role, "payment.sync"),
          replay: mayStaff(actor.role, "event.replay"),
          close: mayStaff(actor.role, "task.close"),
          changeHost: mayStaff(actor.role, "host.change"),
        }}
      />
    </StaffFrame>
  );
}
