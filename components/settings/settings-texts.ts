import { getTranslations } from "next-intl/server";

const refusals = [
  "not_allowed",
  "invalid_input",
  "signed_out",
  "too_many_attempts",
  "company_name_missing",
  "company_name_too_long",
  "company_name_has_address",
  "company_name_has_host",
  "company_address_too_long",
  "company_tax_id_not_valid",
  "company_tax_id_wrong",
  "recipient_not_valid",
  "too_many_recipients",
  "main_address_theirs",
  "main_address_not_member",
  "mail_addresses_changed",
  "member_not_found",
  "last_owner",
  "email_not_valid",
  "already_member",
  "too_many_members",
  "invitation_not_mailed",
  "invited_too_often",
  "invitation_not_found",
  "session_not_found",
  "wrong_password",
  "password_too_short",
  "password_too_long",
  "password_contains_email",
  "password_common",
  "password_contains_name",
  "password_weak",
] as const;

export type SettingsTexts = Awaited<ReturnType<typeof settingsTexts>>;

/** Every refusal of the settings in a sentence, with the {names} that the browser fills in left as they are. */
export async function settingsTexts() {
  const t = await getTranslations("settings");
  const access = await getTranslations("access");
  return {
    ...Object.fromEntries(refusals.map((code) => [code, String(t.raw(code))])),
    foreign_origin: String(access.raw("foreign_origin")),
    fault: String(access.raw("fault")),
    lost: access("lost"),
  };
}
