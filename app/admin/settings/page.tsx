import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { staffTexts } from "@/app/admin/texts";
import { HostForm } from "@/components/staff/host-form";
import { PayoutLimitList } from "@/components/staff/payout-limit-list";
import { StaffFrame } from "@/components/staff/staff-frame";
import { TaxPointList } from "@/components/staff/tax-point-list";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import {
  type HostKey,
  hostKeys,
  hostLengths,
  logoBytesMost,
  showHostSettings,
} from "@/lib/admin/host-settings";
import { showPayoutLimits } from "@/lib/admin/payout-limit";
import { showTaxPoints } from "@/lib/admin/tax-points";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { changeHost, changePayoutLimit, changeTaxPoint } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("hostSettings"))("title") };
}

/** What the host says of itself: its name, address and logo, and where money can be sent by bank. */
export default async function SettingsPage() {
  const actor = await requireStaff("/admin/settings");
  const [user, shown, payoutLimits, countries, t] = await Promise.all([
    currentUser(),
    showHostSettings(actor),
    showPayoutLimits(actor),
    showTaxPoints(actor),
    getTranslations("hostSettings"),
  ]);
  const mayChange = mayStaff(actor.role, "host.change");
  const answers = await staffTexts([
    "host_name_missing",
    "host_text_too_long",
    "bank_half",
    "logo_too_large",
    "logo_no_picture",
    "settings_changed",
    "amount_missing",
    "amount_malformed",
    "amount_negative",
    "amount_ambiguous",
    "amount_too_precise",
    "amount_too_large",
    "tax_country_unknown",
  ]);
  const { hostName } = context().settings;
  const hints: Partial<Record<HostKey, string>> = {
    host_address: t("addressHint"),
    host_tax_id: t("taxIdHint"),
    bank_account: t("accountHint"),
  };
  return (
    <StaffFrame hostName={hostName} user={user} here="settings">
      <PageHead title={t("title")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("intro")}</p>
      </PageHead>
      <div className="max-w-xl pb-16">
        {!mayChange && (
          <Callout tone="calm" className="mb-6">
            <p>{answers.not_allowed}</p>
          </Callout>
        )}
        <HostForm
          action={changeHost}
          isFixed={!mayChange}
          version={shown.version}
          fields={hostKeys.map((name) => ({
            name,
            label: t(name),
            hint: hints[name],
            value: name === "host_name" ? shown.values[name] || hostName : shown.values[name],
            maxLength: hostLengths[name],
          }))}
          logo={shown.logo}
          logoBytesMost={logoBytesMost}
          texts={{
            logo: t("logo"),
            logoHint: t("logoHint", { most: logoBytesMost / 1000 }),
            noLogo: t("noLogo"),
            removeLogo: t("removeLogo"),
            submit: t("submit"),
            done: t("done"),
          }}
          answers={answers}
        />
        <section aria-labelledby="tax" className="mt-10">
          <h2 id="tax" className="mb-2 font-semibold text-lg">
            {t("tax")}
          </h2>
          <p className="mb-4 text-ink-soft">{t("taxIntro")}</p>
          <TaxPointList
            countries={countries}
            action={changeTaxPoint}
            mayChange={mayChange}
            answers={answers}
          />
        </section>
        <section aria-labelledby="payouts" className="mt-10">
          <h2 id="payouts" className="mb-2 font-semibold text-lg">
            {t("payouts")}
          </h2>
          <p className="mb-4 text-ink-soft">{t("payoutsIntro")}</p>
          <PayoutLimitList
            limits={payoutLimits}
            action={changePayoutLimit}
            mayChange={mayChange}
            answers={answers}
          />
        </section>
      </div>
    </StaffFrame>
  );
}
