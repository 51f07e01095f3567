import "./globals.css";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { languageTags } from "@/app/messages/locale";
import { DemoStrip } from "@/components/demo/demo-strip";
import { AfterUpgrade } from "@/components/shell/after-upgrade";
import { ClientTexts } from "@/components/shell/client-texts";
import { HostIdentity } from "@/components/shell/host-identity";
import { themeCookie, themeIn } from "@/components/shell/preference-cookies";
import { StagingStrip } from "@/components/shell/staging-strip";
import { Toaster } from "@/components/ui/toast";
import { context } from "@/lib/auth/context";
import { currentHost } from "@/lib/auth/host";
import { movedClock } from "@/lib/portal/time-machine";

export async function generateMetadata(): Promise<Metadata> {
  const { name: hostName } = await currentHost();
  const t = await getTranslations("shell");
  return {
    title: { default: hostName, template: `%s · ${hostName}` },
    description: t("description"),
    // A portal of customers' own data is of no use to a search engine.
    robots: { index: false, follow: false },
    formatDetection: { telephone: false, email: false, address: false, date: false },
  };
}

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f9fbfa" },
    { media: "(prefers-color-scheme: dark)", color: "#0c1213" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const locale = await getLocale();
  const theme = themeIn((await cookies()).get(themeCookie)?.value);
  const words = await getTranslations("error");
  const demoNow = movedClock();
  const shell = await getTranslations("shell");
  const errorTexts = {
    title: words("title"),
    body: words("body"),
    again: words("again"),
    home: words("home"),
    reference: words("reference"),
  };
  return (
    // The theme menu changes the attribute without asking the server.
    <html
      lang={languageTags[locale]}
      data-theme={theme ?? undefined}
      className={GeistSans.variable}
      suppressHydrationWarning
    >
      <body>
        <div className="flex flex-col">
          <div className="order-2 min-w-0">
            <ClientTexts texts={errorTexts}>
              <HostIdentity host={await currentHost()}>{children}</HostIdentity>
            </ClientTexts>
          </div>
          {/* Above the page for the eye; for the keyboard the page's way to its content comes first. */}
          {context().settings.isStaging && <StagingStrip />}
          {demoNow && <DemoStrip now={demoNow} mailboxUrl={context().settings.mailboxUrl} />}
        </div>
        <AfterUpgrade text={shell("upgraded")} />
        <Toaster close={shell("close")} />
      </body>
    </html>
  );
}
