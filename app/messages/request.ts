import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { chooseLocale, isLocale, type Locale } from "@/app/messages/locale";
import { localeCookie } from "@/components/shell/preference-cookies";
import { context } from "@/lib/auth/context";
import { currentUser } from "@/lib/auth/current";
import en from "./en.json";
import zh from "./zh.json";

const messages = { en, zh } as const satisfies Record<Locale, typeof en>;

declare module "next-intl" {
  interface AppConfig {
    Messages: typeof en;
    Locale: Locale;
  }
}

export default getRequestConfig(async () => {
  const locale = await localeOfRequest();
  return {
    locale,
    messages: messages[locale],
    timeZone: context().settings.timeZone,
    now: context().billingClock.now(),
  };
});

/** What was chosen in this browser, else the user's own setting, else what the browser asks for. */
async function localeOfRequest(): Promise<Locale> {
  const chosen = (await cookies()).get(localeCookie)?.value;
  if (isLocale(chosen)) return chosen;
  // A page that cannot be made still says so in some language.
  const user = await currentUser().catch(() => null);
  return chooseLocale(user?.locale ?? undefined, (await headers()).get("accept-language"));
}
