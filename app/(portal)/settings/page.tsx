import type { Metadata } from "next";
import { getLocale, getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { languageTags, locales } from "@/app/messages/locale";
import { MailFailures } from "@/components/mail/mail-failures";
import { SettingsForm } from "@/components/settings/settings-form";
import { SettingsHead } from "@/components/settings/settings-head";
import { SettingsSection } from "@/components/settings/settings-section";
import { settingsTexts } from "@/components/settings/settings-texts";
import { Callout } from "@/components/ui/callout";
import { Fact, Facts } from "@/components/ui/facts";
import { FileLink } from "@/components/ui/file-link";
import { Loading } from "@/components/ui/loading";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { normalEmail } from "@/lib/auth/email-address";
import { companyLimits, recipientsMost } from "@/lib/portal/company-input";
import type { CustomerActor } from "@/lib/portal/shapes";
import { type SettingsView, showSettings } from "@/lib/portal/show-settings";
import { changeCompany, changeMainAddress, changeRecipients } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("title") };
}

export default async function SettingsPage() {
  const actor = await requireCustomer("/settings");
  const shell = await getTranslations("shell");
  return (
    <>
      <SettingsHead here="/settings" />
      <Suspense fallback={<Loading text={shell("loading")} />}>
        <Settings actor={actor} />
      </Suspense>
    </>
  );
}

async function Settings({ actor }: { actor: CustomerActor }) {
  const view = await showSettings(actor);
  const t = await getTranslations("settings");
  return (
    <div className="grid max-w-2xl gap-10">
      <SettingsSection id="company" title={t("company")} intro={t("companyIntro")}>
        <CompanySection actor={actor} view={view} />
      </SettingsSection>
      <SettingsSection
        id="recipients-of-invoices"
        title={t("recipients")}
        intro={t("recipientsIntro", { email: view.company.email })}
      >
        {view.unreached.length > 0 && (
          <Callout tone="warn" className="mb-5">
            <MailFailures failures={view.unreached} of="last" />
            <p>{t("unreachedNext")}</p>
          </Callout>
        )}
        {view.canChangeCompany && <MainAddressForm actor={actor} view={view} />}
        <RecipientsSection actor={actor} view={view} />
      </SettingsSection>
      {view.canExport && (
        <SettingsSection id="data" title={t("data")} intro={t("dataIntro")}>
          <p>
            <FileLink customerId={actor.customerId} href="/settings/export">
              {t("export")}
            </FileLink>
          </p>
        </SettingsSection>
      )}
    </div>
  );
}

interface SectionProps {
  actor: CustomerActor;
  view: SettingsView;
}

async function CompanySection({ actor, view: { company, canChangeCompany } }: SectionProps) {
  const t = await getTranslations("settings");
  const names = new Intl.DisplayNames(await getLocale(), { type: "region" });
  const country = names.of(company.country) ?? company.country;
  if (!canChangeCompany) {
    return (
      <>
        <Facts className="sm:grid-cols-2">
          <Fact name={t("name")}>
            <span dir="auto">{company.name}</span>
          </Fact>
          <Fact name={t("country")}>{country}</Fact>
          <Fact name={t("address")}>
            <span dir="auto" className="whitespace-pre-line">
              {company.address ?? t("none")}
            </span>
          </Fact>
          <Fact name={t("taxId")}>{company.taxId ?? t("none")}</Fact>
          <Fact name={t("language")}>{t(`language_${company.locale === "zh" ? "zh" : "en"}`)}</Fact>
        </Facts>
        <Callout tone="calm">
          <p>{t("ownersOnly")}</p>
        </Callout>
      </>
    );
  }
  return (
    <SettingsForm
      action={carrying(actor, changeCompany)}
      submit={t("save")}
      done={t("saved")}
      texts={await settingsTexts()}
      fields={[
        {
          name: "name",
          label: t("name"),
          value: company.name,
          isRequired: true,
          maxLength: companyLimits.name,
          autoComplete: "organization",
        },
        {
          name: "address",
          label: t("address"),
          hint: t("addressHint", { country }),
          value: company.address ?? "",
          maxLength: companyLimits.address,
          rows: 3,
        },
        {
          name: "taxId",
          label: t("taxId"),
          hint: t("taxIdHint"),
          value: company.taxId ?? "",
          maxLength: companyLimits.taxId,
          autoComplete: "off",
        },
        {
          name: "locale",
          label: t("language"),
          hint: t("languageHint"),
          value: company.locale,
          choices: locales.map((locale) => ({
            value: locale,
            label: t(`language_${locale}`),
            lang: languageTags[locale],
          })),
        },
      ]}
    />
  );
}

/** One that is no member's stays among the choices until another is taken. */
async function MainAddressForm({ actor, view: { company, mainChoices } }: SectionProps) {
  const t = await getTranslations("settings");
  const { email } = company;
  const isOfMember = mainChoices.includes(normalEmail(email));
  const choices = isOfMember ? mainChoices : [email, ...mainChoices];
  return (
    <SettingsForm
      action={carrying(actor, changeMainAddress)}
      hidden={{ seen: email }}
      submit={t("changeMain")}
      done={t("mainChanged")}
      texts={await settingsTexts()}
      fields={[
        {
          name: "email",
          label: t("mainAddress"),
          hint: isOfMember ? t("mainAddressHint") : t("mainNotMember", { email }),
          value: isOfMember ? normalEmail(email) : email,
          choices: choices.map((address) => ({ value: address, label: address })),
        },
      ]}
    />
  );
}

async function RecipientsSection({ actor, view: { recipients, canChangeRecipients } }: SectionProps) {
  const t = await getTranslations("settings");
  if (!canChangeRecipients) {
    return (
      <>
        {recipients.length > 0 ? (
          <ul className="grid gap-1">
            {recipients.map((address) => (
              <li key={address}>{address}</li>
            ))}
          </ul>
        ) : (
          <p>{t("noRecipients")}</p>
        )}
        <Callout tone="calm">
          <p>{t("billingOnly")}</p>
        </Callout>
      </>
    );
  }
  return (
    <SettingsForm
      action={carrying(actor, changeRecipients)}
      submit={t("save")}
      done={t("saved")}
      texts={await settingsTexts()}
      fields={[
        {
          name: "recipients",
          label: t("recipientsLabel"),
          hint: t("recipientsHint", { most: recipientsMost }),
          value: recipients.join("\n"),
          rows: 3,
        },
      ]}
    />
  );
}
