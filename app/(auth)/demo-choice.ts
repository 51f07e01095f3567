import { getTranslations } from "next-intl/server";
import type { DemoChoice } from "@/components/sign-in/demo-logins";
import { demoLogins } from "@/lib/portal/demo-logins";

const ofStaff = ["staff", "finance", "support", "auditor"];

/** The demo's logins for a door: staff's are at both, since a visitor may begin at either; null outside the demo. */
export async function demoChoice(door: "portal" | "admin"): Promise<DemoChoice | null> {
  const logins = demoLogins().filter(({ role }) => door === "portal" || ofStaff.includes(role));
  const [first] = logins;
  if (!first) return null;
  const t = await getTranslations("signIn");
  return {
    title: t("demoTitle"),
    password: t("demoPassword", { password: first.password }),
    logins: logins.map(({ email, password, role }) => ({ email, password, who: t(`demo_${role}`) })),
  };
}
