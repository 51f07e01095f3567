import { getLocale, getTranslations } from "next-intl/server";
import type { Leaving } from "@/components/payment/pay-answers";
import { type Told, tellOutcome } from "@/components/payment/pay-tell";
import { refusalSentence } from "@/components/payment/pay-words";
import { formatMoney, type Money } from "@/lib/kernel/money";
import { type Result, refuse } from "@/lib/kernel/result";
import type { PayOutcome } from "@/lib/portal/shapes";
import type { TopUpRefusal } from "@/lib/portal/top-up";

/** Where to go now, or why not. */
export async function tellTopUp(result: Result<PayOutcome, TopUpRefusal>): Promise<Result<Leaving, Told>> {
  if (result.ok) return tellOutcome(result);
  return refuse({ code: result.refusal.code, sentence: await topUpSentence(result.refusal) });
}

/** One sentence for each refusal, with the next step. What is said of a payment holds for a top-up only in part. */
export async function topUpSentence(refusal: TopUpRefusal): Promise<string> {
  const t = await getTranslations("topUpRefusal");
  const amountWords = await getTranslations("amountRefusal");
  const locale = await getLocale();
  const words = (amount: Money) => formatMoney(amount, locale);
  switch (refusal.code) {
    case "not_allowed":
    case "currencies_differ":
    case "payment_id_used":
    case "gateway_refused":
    case "gateway_unreachable":
      return t(refusal.code);
    case "top_up_too_small":
      return t(refusal.code, { least: words(refusal.least) });
    case "top_up_too_large":
      return t(refusal.code, { most: words(refusal.most) });
    case "top_up_uneven":
      return t(refusal.code, { step: words(refusal.step) });
    case "too_many_top_ups":
      return t(refusal.code, { most: refusal.most });
    case "payment_ended":
      return refusal.state === "succeeded" ? refusalSentence(refusal) : t(refusal.code);
    case "amount_missing":
    case "amount_malformed":
    case "amount_negative":
    case "amount_ambiguous":
      return amountWords(refusal.code);
    case "amount_too_precise":
      return amountWords(refusal.code, { decimals: refusal.decimals });
    case "amount_too_large":
      return "available" in refusal ? refusalSentence(refusal) : amountWords(refusal.code);
    default:
      return refusalSentence(refusal);
  }
}
