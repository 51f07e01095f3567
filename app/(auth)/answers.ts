import { getTranslations } from "next-intl/server";
import type { AnswerTexts } from "@/components/ui/answer-texts";

const codes = [
  "lost",
  "fault",
  "wrong_credentials",
  "too_many_attempts",
  "foreign_origin",
  "invalid_input",
  "link_not_valid",
  "password_too_short",
  "password_too_long",
  "password_contains_email",
  "password_common",
  "password_contains_name",
  "password_weak",
  "email_not_valid",
  "email_taken",
  "name_has_address",
  "name_has_host",
] as const;

/** The sentences for every refusal of these pages, with the {names} that the browser fills in left as they are. */
export async function answerTexts(): Promise<AnswerTexts> {
  const t = await getTranslations("access");
  const texts = Object.fromEntries(codes.map((code) => [code, String(t.raw(code))]));
  return { ...texts, fault: String(t.raw("fault")), lost: t("lost") };
}
