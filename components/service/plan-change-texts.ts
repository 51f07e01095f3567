import { getTranslations } from "next-intl/server";
import type { AnswerTexts } from "@/components/ui/answer-texts";

const codes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "service_not_found",
  "service_not_running",
  "service_ending",
  "plan_not_offered",
  "plan_of_another_family",
  "plan_is_the_same",
  "plan_without_price",
  "term_differs",
  "change_is_paid",
  "renewal_shared",
  "payment_disputed",
  "nothing_to_credit",
  "plan_change_differs",
  "balance_too_low",
  "payment_in_progress",
  "paid_meanwhile",
] as const;

/** The sentences for every refusal of a change of plan. */
export async function planChangeTexts(): Promise<AnswerTexts> {
  const t = await getTranslations("planChangeRefusal");
  const texts = Object.fromEntries(codes.map((code) => [code, String(t.raw(code))]));
  return { ...texts, fault: String(t.raw("fault")), lost: t("lost") };
}
