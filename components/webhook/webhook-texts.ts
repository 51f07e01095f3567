import { getTranslations } from "next-intl/server";
import type { AnswerTexts } from "@/components/ui/answer-texts";

const codes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "webhook_url_malformed",
  "webhook_url_not_https",
  "webhook_url_private",
  "webhook_note_too_long",
  "endpoint_not_found",
  "delivery_not_found",
] as const;

/** The sentences for every refusal of the page of webhooks. */
export async function webhookTexts(): Promise<AnswerTexts> {
  const t = await getTranslations("webhookRefusal");
  const texts = Object.fromEntries(codes.map((code) => [code, String(t.raw(code))]));
  return { ...texts, fault: String(t.raw("fault")), lost: t("lost") };
}
