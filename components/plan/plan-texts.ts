import { getTranslations } from "next-intl/server";
import type { AnswerTexts } from "@/components/ui/answer-texts";

const codes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "amount_missing",
  "amount_malformed",
  "amount_negative",
  "amount_ambiguous",
  "amount_too_precise",
  "amount_too_large",
  "plan_not_found",
  "date_malformed",
  "date_past",
  "price_is_the_same",
  "prices_changed",
] as const;

/** The sentences for every refusal of a price. */
export function priceTexts(): Promise<AnswerTexts> {
  return textsOf(codes);
}

/** The sentences for every refusal of a plan's days. */
export function planSettingsTexts(): Promise<AnswerTexts> {
  return textsOf([
    "fault",
    "lost",
    "signed_out",
    "not_allowed",
    "foreign_origin",
    "invalid_input",
    "plan_not_found",
    "days_malformed",
    "lead_too_long",
    "plan_changed",
    "reminder_days_malformed",
    "reminder_days_too_far",
    "reminder_days_too_many",
  ]);
}

type PlanCode = Parameters<Awaited<ReturnType<typeof getTranslations<"planRefusal">>>["raw"]>[0];

async function textsOf(codes: readonly PlanCode[]): Promise<AnswerTexts> {
  const t = await getTranslations("planRefusal");
  const texts = Object.fromEntries(codes.map((code) => [code, String(t.raw(code))]));
  return { ...texts, fault: String(t.raw("fault")), lost: t("lost") };
}
