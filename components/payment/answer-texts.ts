import { getTranslations } from "next-intl/server";
import type { AnswerTexts } from "@/components/payment/pay-answers";

/** What any action about money may answer, in the reader's language. */
export async function answerTexts(): Promise<AnswerTexts> {
  const t = await getTranslations("answer");
  return {
    lost: t("lost"),
    fault: t("fault"),
    byCode: {
      // The address comes with the refusal.
      foreign_origin: t.raw("foreign_origin"),
      signed_out: t("signed_out"),
      not_allowed: t("not_allowed"),
      invalid_input: t("invalid_input"),
    },
  };
}
